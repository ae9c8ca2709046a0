package dev.weft.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Entropy;
import dev.weft.control.http.Exchange;
import dev.weft.control.http.Handlers;
import dev.weft.control.http.HttpFront;
import dev.weft.control.http.Reply;
import dev.weft.control.http.TrustedProxies;
import dev.weft.keys.MachinePrivateKey;
import dev.weft.testkit.SeededEntropy;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the sockets do to peers that do not behave.
@Timeout(30)
final class HttpFrontTest {
  private final Entropy entropy = new SeededEntropy(5)::fill;
  private final MachinePrivateKey key = MachinePrivateKey.generate(entropy);
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  @AfterEach
  void stop() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void aPeerThatDoesNotReadLosesItsStream() throws Exception {
    CompletableFuture<String> outcome = new CompletableFuture<>();
    Inside flood =
        exchange -> {
          exchange.begin();
          try {
            // More than windows and socket buffers hold.
            for (int i = 0; i < 10_000; i++) {
              exchange.send(new byte[16 * 1024], Duration.ofMillis(300));
            }
            outcome.complete("all of it was taken");
          } catch (IOException e) {
            outcome.complete(e.getMessage());
          }
        };
    try (HttpFront front = new HttpFront(key, entropy, flood, TrustedProxies.NONE);
        TestNode node = connect(front)) {
      node.streamUnread();
      assertEquals("the peer does not read", outcome.get(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void aHandlerHearsThatItsPeerIsGone() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch gone = new CountDownLatch(1);
    Inside wait =
        exchange -> {
          exchange.onClose(gone::countDown);
          asked.countDown();
          try {
            gone.await();
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        };
    try (HttpFront front = new HttpFront(key, entropy, wait, TrustedProxies.NONE);
        TestNode node = connect(front)) {
      node.post("/x", new byte[0]);
      assertTrue(asked.await(10, TimeUnit.SECONDS));
      node.disconnect();
      assertTrue(gone.await(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void aHandlerThatFailsOrForgetsToAnswerIsAnInternalError() throws Exception {
    Inside broken =
        exchange -> {
          switch (exchange.path()) {
            case "/fail" -> throw new IllegalStateException("on purpose");
            case "/store" -> throw new UncheckedIOException(new IOException("the disk is full"));
            case "/break" -> throw new IOException("on purpose");
            default -> {}
          }
        };
    try (HttpFront front = new HttpFront(key, entropy, broken, TrustedProxies.NONE);
        TestNode node = connect(front)) {
      assertEquals(500, node.post("/fail", new byte[0]).get().status());
      assertEquals(500, node.post("/break", new byte[0]).get().status());
      assertEquals(500, node.post("/forget", new byte[0]).get().status());
      assertEquals(503, node.post("/store", new byte[0]).get().status());
    }
  }

  private TestNode connect(HttpFront front) throws Exception {
    InetSocketAddress address =
        front.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null);
    return TestNode.connect(loops, address, key.publicKey(), entropy);
  }

  private interface Inside extends Handlers {
    @Override
    default Reply open(String method, String path, byte[] body) {
      return Reply.text(404, "");
    }

    @Override
    void inside(Exchange exchange) throws IOException;
  }
}
