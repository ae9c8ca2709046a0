package dev.weft.transport.supervise;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class SupervisorTest {
  @TempDir Path folder;
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private EventLoopGroup group;

  @BeforeEach
  void start() {
    assumeTrue(Epoll.isAvailable(), "no epoll");
    group = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
  }

  @AfterEach
  void stop() {
    if (group != null) {
      group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
  }

  @Test
  void aManagerHearsOfTheStartTheStateAndTheEnd() throws Exception {
    String path = folder.resolve("notify").toString();
    listen(path);
    try (Supervisor supervisor = Supervisor.of(Map.of("NOTIFY_SOCKET", path))) {
      supervisor.ready("weft 1, UDP port 2", List.of());
      assertEquals("READY=1\nSTATUS=weft 1, UDP port 2", heard.take());
      supervisor.status("two\nlines\u001b[2J");
      assertEquals("STATUS=two lines [2J", heard.take());
    }
    assertEquals("STOPPING=1", heard.take());
    assertNull(heard.poll(200, TimeUnit.MILLISECONDS), "no watchdog was asked for");
  }

  @Test
  void anAbstractSocketIsReachedToo() throws Exception {
    String name = "weft-test-" + ProcessHandle.current().pid();
    listen("\0" + name);
    try (Supervisor supervisor = Supervisor.of(Map.of("NOTIFY_SOCKET", "@" + name))) {
      supervisor.ready("here", List.of());
      assertEquals("READY=1\nSTATUS=here", heard.take());
    }
  }

  @Test
  void aLoopThatIsStuckIsSilenceAndOneThatGoesOnIsLife() throws Exception {
    String path = folder.resolve("notify").toString();
    listen(path);
    Map<String, String> environment =
        Map.of(
            "NOTIFY_SOCKET",
            path,
            "WATCHDOG_USEC",
            "60000",
            "WATCHDOG_PID",
            Long.toString(ProcessHandle.current().pid()));
    EventLoop work = group.next();
    try (Supervisor supervisor = Supervisor.of(environment)) {
      supervisor.ready("up", List.of(work));
      for (int i = 0; i < 3; i++) {
        awaitLife();
      }
      CountDownLatch stuck = new CountDownLatch(1);
      CountDownLatch entered = new CountDownLatch(1);
      work.submit(() -> {
        entered.countDown();
        return stuck.await(20, TimeUnit.SECONDS);
      });
      entered.await();
      // Two may be on their way: one that was due, and one whose answer came before.
      int late = 0;
      while (heard.poll(1, TimeUnit.SECONDS) != null) {
        late++;
      }
      assertTrue(late <= 2, late + " signs of life of a loop that is stuck");
      stuck.countDown();
      awaitLife();
    }
  }

  @Test
  void theWatchdogOfAnotherProcessIsNotOurs() throws Exception {
    String path = folder.resolve("notify").toString();
    listen(path);
    Map<String, String> environment =
        Map.of("NOTIFY_SOCKET", path, "WATCHDOG_USEC", "3000", "WATCHDOG_PID", "1");
    try (Supervisor supervisor = Supervisor.of(environment)) {
      supervisor.ready("up", List.of());
      assertEquals("READY=1\nSTATUS=up", heard.take());
      assertNull(heard.poll(200, TimeUnit.MILLISECONDS));
    }
  }

  @Test
  void withoutAManagerNothingHappens() {
    for (String socket : List.of("", "relative", folder.resolve("nobody").toString())) {
      try (Supervisor supervisor = Supervisor.of(Map.of("NOTIFY_SOCKET", socket))) {
        supervisor.ready("up", List.of());
        supervisor.status("still up");
      }
    }
  }

  private void awaitLife() throws InterruptedException {
    while (!heard.take().equals("WATCHDOG=1")) {
      // The start, first of all.
    }
  }

  private Channel listen(String address) {
    return new Bootstrap()
        .group(group)
        .channel(EpollDomainDatagramChannel.class)
        .handler(
            new SimpleChannelInboundHandler<DomainDatagramPacket>() {
              @Override
              protected void channelRead0(ChannelHandlerContext ctx, DomainDatagramPacket packet) {
                heard.add(packet.content().toString(UTF_8));
              }
            })
        .bind(new DomainSocketAddress(address))
        .syncUninterruptibly()
        .channel();
  }
}
