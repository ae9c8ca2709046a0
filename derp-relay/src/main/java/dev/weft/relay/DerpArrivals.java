package dev.weft.relay;

import dev.weft.base.Endpoint;
import dev.weft.transport.derp.DerpEvent;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// Waits behind the HTTP handlers of a connection for DERP to begin, and makes a [ClientConnection]
/// of it.
final class DerpArrivals extends ChannelInboundHandlerAdapter {
  private final Switchboard board;

  DerpArrivals(Switchboard board) {
    this.board = board;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof DerpEvent.Accepted accepted) {
      ClientConnection client =
          new ClientConnection(board, ctx.channel(), accepted.client(), role(ctx, accepted));
      ctx.pipeline().remove(HttpAnswers.class);
      ctx.pipeline().replace(this, null, client);
      client.start();
    }
  }

  private ClientRole role(ChannelHandlerContext ctx, DerpEvent.Accepted accepted) {
    return new ClientRole(
        board.isMeshPeer(accepted.info()),
        accepted.info().isProber(),
        accepted.notIdeal(),
        endpoint(ctx));
  }

  private static @Nullable Endpoint endpoint(ChannelHandlerContext ctx) {
    return ctx.channel().remoteAddress() instanceof InetSocketAddress address
            && !address.isUnresolved()
        ? Endpoint.of(address)
        : null;
  }

  /// Connections break; that is no news.
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
