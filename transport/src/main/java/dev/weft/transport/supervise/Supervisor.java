package dev.weft.transport.supervise;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The service manager, as one program sees it. Safe for use from several threads.
public final class Supervisor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
  private static final int MAX_STATUS = 200;

  /// Where no manager listens.
  private static final Supervisor NONE = new Supervisor(null, null, Duration.ZERO);

  private final @Nullable EventLoopGroup group;
  private final @Nullable Channel channel;
  private final Duration watchdog;

  private Supervisor(@Nullable EventLoopGroup group, @Nullable Channel channel, Duration watchdog) {
    this.group = group;
    this.channel = channel;
    this.watchdog = watchdog;
  }

  /// The manager that this environment tells of. One that cannot be reached is no reason not to
  /// run: it is logged.
  public static Supervisor of(Map<String, String> environment) {
    String socket = environment.getOrDefault("NOTIFY_SOCKET", "");
    if (!socket.startsWith("/") && !socket.startsWith("@")) {
      return NONE;
    }
    if (!Epoll.isAvailable()) {
      LOG.warn("cannot talk to the service manager: this system has no epoll");
      return NONE;
    }
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("weft-supervisor", true), EpollIoHandler.newFactory());
    var connected =
        new Bootstrap()
            .group(group)
            .channel(EpollDomainDatagramChannel.class)
            .handler(new ChannelInboundHandlerAdapter())
            .connect(new DomainSocketAddress(nameOf(socket)))
            .awaitUninterruptibly();
    if (!connected.isSuccess()) {
      LOG.warn("cannot talk to the service manager: {}", connected.cause().getMessage());
      group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      return NONE;
    }
    return new Supervisor(group, connected.channel(), watchdogOf(environment));
  }

  /// An abstract name begins with a zero byte.
  private static String nameOf(String socket) {
    return socket.startsWith("@") ? "\0" + socket.substring(1) : socket;
  }

  private static Duration watchdogOf(Map<String, String> environment) {
    String pid = environment.getOrDefault("WATCHDOG_PID", "");
    String micros = environment.getOrDefault("WATCHDOG_USEC", "");
    boolean ours = pid.isEmpty() || pid.equals(Long.toString(ProcessHandle.current().pid()));
    return ours && micros.matches("[1-9]\\d{0,12}")
        ? Duration.of(Long.parseLong(micros), ChronoUnit.MICROS)
        : Duration.ZERO;
  }

  /// The program does its work from now on.
  ///
  /// @param status how it is, in one line
  /// @param loops what must keep turning for the program to be alive
  public void ready(String status, Iterable<? extends EventExecutor> loops) {
    send("READY=1\nSTATUS=" + line(status));
    if (channel != null && watchdog.isPositive()) {
      List<EventExecutor> watched = new ArrayList<>();
      loops.forEach(watched::add);
      EventLoop own = channel.eventLoop();
      long period = Math.max(1, watchdog.toNanos() / 3);
      own.scheduleAtFixedRate(
          new Pulse(own, watched, () -> send("WATCHDOG=1")), 0, period, TimeUnit.NANOSECONDS);
    }
  }

  public void status(String status) {
    send("STATUS=" + line(status));
  }

  /// The program is on its way out, and takes the time it needs.
  public void stopping() {
    send("STOPPING=1");
  }

  @Override
  public void close() {
    stopping();
    if (channel != null) {
      channel.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
    if (group != null) {
      group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
  }

  private void send(String message) {
    if (channel != null) {
      channel.writeAndFlush(Unpooled.copiedBuffer(message, UTF_8));
    }
  }

  /// A line break would begin another assignment.
  private static String line(String text) {
    String cut = text.length() > MAX_STATUS ? text.substring(0, MAX_STATUS) : text;
    return cut.replaceAll("\\p{Cntrl}", " ");
  }

  /// Beats when every loop has answered the question of the beat before, on the supervisor's own
  /// loop.
  private static final class Pulse implements Runnable {
    private final EventExecutor own;
    private final List<EventExecutor> loops;
    private final Runnable beat;
    private int unanswered;

    Pulse(EventExecutor own, List<EventExecutor> loops, Runnable beat) {
      this.own = own;
      this.loops = loops;
      this.beat = beat;
    }

    @Override
    public void run() {
      if (unanswered > 0) {
        return; // the loop that has not answered yet is not asked again: its queue must not grow
      }
      beat.run();
      for (EventExecutor loop : loops) {
        unanswered++;
        loop.execute(() -> own.execute(() -> unanswered--));
      }
    }
  }
}
