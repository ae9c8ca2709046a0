package dev.weft.serve;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Connections to backends: lent to exchanges, kept for a while in between. All of it on one event
/// loop, that of the node.
///
/// Bounds: [#MAX_OPEN] connections to one origin, beyond which requests are told to come again
/// (503); [#MAX_IDLE] of them kept.
final class BackendPool {
  private static final Logger LOG = LoggerFactory.getLogger(BackendPool.class);
  static final int MAX_OPEN = 1024;
  static final int MAX_IDLE = 100;

  private static final class Connections {
    private final Deque<BackendConnection> idle = new ArrayDeque<>();
    private final Set<BackendConnection> all = new LinkedHashSet<>();
    private int dialling;
  }

  private final Dialer dialer;
  private final Timeouts timeouts;
  private final BufferShare buffers;
  private final Map<Backend.Origin, Connections> origins = new LinkedHashMap<>();
  private @Nullable ScheduledFuture<?> sweep;
  private @Nullable SslContext verifying;
  private @Nullable SslContext trusting;
  private @Nullable Set<Backend.Origin> wanted;
  private boolean closed;

  BackendPool(Dialer dialer, Timeouts timeouts, BufferShare buffers) {
    this.dialer = dialer;
    this.timeouts = timeouts;
    this.buffers = buffers;
  }

  /// Lends a kept connection, the last one used first, or opens one.
  void acquire(Backend.Origin origin, Exchange exchange, EventLoop loop) {
    Connections connections = origins.computeIfAbsent(origin, _ -> new Connections());
    for (BackendConnection kept = connections.idle.pollLast();
        kept != null;
        kept = connections.idle.pollLast()) {
      if (kept.isUsable()) {
        exchange.connected(kept);
        return;
      }
    }
    dial(origin, exchange, loop);
  }

  /// Opens a connection.
  void dial(Backend.Origin origin, Exchange exchange, EventLoop loop) {
    Connections connections = origins.computeIfAbsent(origin, _ -> new Connections());
    if (closed || connections.all.size() + connections.dialling >= MAX_OPEN) {
      exchange.unreachable(
          "The program behind this address is busy: %d connections to it are open. Try again in a moment."
              .formatted(connections.all.size()),
          503);
      return;
    }
    connections.dialling++;
    new Dial(origin, exchange, connections).start(loop);
  }

  /// One attempt: it succeeds, fails or times out, whichever comes first.
  private final class Dial {
    private final Backend.Origin origin;
    private final Exchange exchange;
    private final Connections connections;
    private final BackendConnection connection;
    private @Nullable ScheduledFuture<?> timeout;
    private boolean decided;

    Dial(Backend.Origin origin, Exchange exchange, Connections connections) {
      this.origin = origin;
      this.exchange = exchange;
      this.connections = connections;
      this.connection = new BackendConnection(BackendPool.this, origin);
    }

    void start(EventLoop loop) {
      Future<Channel> dialled = dialer.dial(origin.host(), origin.port(), initializer());
      timeout =
          loop.schedule(
              () -> failed("it did not accept a connection in time", 504),
              timeouts.connect().toMillis(),
              TimeUnit.MILLISECONDS);
      dialled.addListener((Future<Channel> done) -> {
        if (!done.isSuccess()) {
          LOG.debug("No connection to {}:{}", origin.host(), origin.port(), done.cause());
          failed(why(done.cause()), 502);
          return;
        }
        SslHandler tls = done.getNow().pipeline().get(SslHandler.class);
        if (tls == null) {
          succeeded(done.getNow());
        } else {
          tls.handshakeFuture()
              .addListener(shaken -> {
                if (shaken.isSuccess()) {
                  succeeded(done.getNow());
                } else {
                  LOG.debug("No TLS to {}:{}", origin.host(), origin.port(), shaken.cause());
                  done.getNow().close();
                  failed(why(shaken.cause()), 502);
                }
              });
        }
      });
    }

    private ChannelHandler initializer() {
      return new ChannelInitializer<>() {
        @Override
        protected void initChannel(Channel channel) throws SSLException {
          channel.config().setAutoRead(false);
          buffers.join(channel);
          if (origin.tls()) {
            channel.pipeline().addLast(tls(channel));
          }
          channel.pipeline().addLast(connection);
        }
      };
    }

    private SslHandler tls(Channel channel) throws SSLException {
      return context(origin.verified()).newHandler(channel.alloc(), origin.host(), origin.port());
    }

    private void succeeded(Channel channel) {
      if (!channel.isActive()) {
        failed("it closed the connection at once", 502);
        return;
      }
      if (!decide()) {
        channel.close();
        return;
      }
      connections.all.add(connection);
      exchange.connected(connection);
    }

    private void failed(String how, int status) {
      if (decide()) {
        // Where the program is concerns its owner, not every caller.
        exchange.unreachable(
            """
            The program behind this address cannot be reached: %s.
            If it is yours: start it, or serve another one; `weft serve status` says where this address leads.\
            """
                .formatted(how),
            status);
      }
    }

    private boolean decide() {
      if (decided) {
        return false;
      }
      decided = true;
      connections.dialling--;
      if (timeout != null) {
        timeout.cancel(false);
      }
      return true;
    }
  }

  private static String why(@Nullable Throwable cause) {
    return switch (cause) {
      case ConnectException _ -> "nothing listens there (connection refused)";
      case UnknownHostException _ -> "its name is not known";
      case SSLException _ -> "no secure connection to it could be made";
      case null -> "the connection failed";
      default -> "the connection failed";
    };
  }

  private SslContext context(boolean verified) throws SSLException {
    if (verified) {
      if (verifying == null) {
        verifying = SslContextBuilder.forClient().build();
      }
      return verifying;
    }
    if (trusting == null) {
      trusting =
          SslContextBuilder.forClient()
              .trustManager(InsecureTrustManagerFactory.INSTANCE)
              .endpointIdentificationAlgorithm(null)
              .build();
    }
    return trusting;
  }

  void keep(BackendConnection connection) {
    Connections connections = origins.get(connection.origin());
    boolean isWanted = wanted == null || wanted.contains(connection.origin());
    if (closed || !isWanted || connections == null || connections.idle.size() >= MAX_IDLE) {
      connection.close();
      return;
    }
    connections.idle.addLast(connection);
    if (sweep == null) {
      long interval = Math.max(1, timeouts.pooled().toMillis() / 4);
      sweep =
          connection
              .ctx()
              .executor()
              .schedule(() -> sweep(connection), interval, TimeUnit.MILLISECONDS);
    }
  }

  private void sweep(BackendConnection any) {
    sweep = null;
    long oldest = any.ctx().executor().ticker().nanoTime() - timeouts.pooled().toNanos();
    for (Connections connections : origins.values()) {
      // The longest idle stands first.
      while (!connections.idle.isEmpty() && connections.idle.getFirst().idleSince() - oldest < 0) {
        connections.idle.removeFirst().close();
      }
    }
    boolean left = origins.values().stream().anyMatch(c -> !c.idle.isEmpty());
    if (left && !closed) {
      long interval = Math.max(1, timeouts.pooled().toMillis() / 4);
      sweep = any.ctx().executor().schedule(() -> sweep(any), interval, TimeUnit.MILLISECONDS);
    }
  }

  void forget(BackendConnection connection) {
    Connections connections = origins.get(connection.origin());
    if (connections != null) {
      connections.all.remove(connection);
      connections.idle.remove(connection);
    }
  }

  /// The configuration names these now: connections kept for others are closed, those in use when
  /// they come back.
  void retain(Set<Backend.Origin> wanted) {
    this.wanted = Set.copyOf(wanted);
    for (Map.Entry<Backend.Origin, Connections> entry : origins.entrySet()) {
      if (!wanted.contains(entry.getKey())) {
        closeIdle(entry.getValue());
      }
    }
    origins
        .entrySet()
        .removeIf(entry ->
            !wanted.contains(entry.getKey())
                && entry.getValue().all.isEmpty()
                && entry.getValue().dialling == 0);
  }

  private static void closeIdle(Connections connections) {
    new ArrayList<>(connections.idle).forEach(BackendConnection::close);
    connections.idle.clear();
  }

  int idleCount() {
    return origins.values().stream().mapToInt(c -> c.idle.size()).sum();
  }

  int openCount() {
    return origins.values().stream().mapToInt(c -> c.all.size()).sum();
  }

  void close() {
    closed = true;
    if (sweep != null) {
      sweep.cancel(false);
    }
    origins
        .values()
        .forEach(connections -> new ArrayList<>(connections.all).forEach(BackendConnection::close));
  }
}
