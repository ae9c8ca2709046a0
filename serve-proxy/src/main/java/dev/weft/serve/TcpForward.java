package dev.weft.serve;

import dev.weft.ipn.serve.HostPort;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A forwarded TCP connection until its target has accepted: nothing is read from the client before
/// that. Then a [Relay] takes over. A target that cannot be reached closes the connection, which is
/// all that TCP can say (`docs/protocol/services.md` §1.4).
final class TcpForward extends ChannelInboundHandlerAdapter {
  private final Dialer dialer;
  private final HostPort target;
  private final int proxyProtocol;
  private final InetSocketAddress local;
  private final InetSocketAddress remote;
  private final Duration connectTimeout;
  private final BufferShare buffers;
  private boolean started;

  TcpForward(
      Dialer dialer,
      HostPort target,
      int proxyProtocol,
      InetSocketAddress local,
      InetSocketAddress remote,
      Duration connectTimeout,
      BufferShare buffers) {
    this.dialer = dialer;
    this.target = target;
    this.proxyProtocol = proxyProtocol;
    this.local = local;
    this.remote = remote;
    this.connectTimeout = connectTimeout;
    this.buffers = buffers;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    ctx.channel().config().setAutoRead(false);
    buffers.join(ctx.channel());
    ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    if (ctx.channel().isActive()) {
      start(ctx);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    start(ctx);
  }

  private void start(ChannelHandlerContext ctx) {
    if (started) {
      return;
    }
    started = true;
    Waiting waiting = new Waiting(buffers);
    Future<Channel> dialled = dialer.dial(target.host(), target.port(), waiting);
    ScheduledFuture<?> timeout =
        ctx.executor()
            .schedule(() -> ctx.close(), connectTimeout.toMillis(), TimeUnit.MILLISECONDS);
    dialled.addListener((Future<Channel> done) -> {
      timeout.cancel(false);
      if (!done.isSuccess()) {
        ctx.close();
      } else if (!ctx.channel().isActive()) {
        done.getNow().close();
      } else {
        join(ctx, done.getNow());
      }
    });
  }

  private void join(ChannelHandlerContext ctx, Channel backend) {
    ChannelHandlerContext waiting = backend.pipeline().context(Placeholder.class);
    if (waiting == null) {
      ctx.close();
      return;
    }
    Relay.join(
        ctx,
        ProxyProtocol.header(proxyProtocol, remote, local.getAddress(), target.port()),
        waiting,
        Unpooled.EMPTY_BUFFER);
  }

  private static final class Waiting extends ChannelInitializer<Channel> {
    private final BufferShare buffers;

    Waiting(BufferShare buffers) {
      this.buffers = buffers;
    }

    @Override
    protected void initChannel(Channel channel) {
      channel.config().setAutoRead(false);
      buffers.join(channel);
      channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
      channel.pipeline().addLast(new Placeholder());
    }
  }

  /// Stands where the relay will.
  private static final class Placeholder extends ChannelInboundHandlerAdapter {}
}
