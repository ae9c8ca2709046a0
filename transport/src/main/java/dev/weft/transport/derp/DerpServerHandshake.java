package dev.weft.transport.derp;

import dev.weft.base.Entropy;
import dev.weft.crypto.Box;
import dev.weft.derp.ClientInfo;
import dev.weft.derp.Frame;
import dev.weft.derp.ServerInfo;
import dev.weft.keys.NodePrivateKey;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The relay's side of the introductions, once it has sent its [#greeting]: opens the client's,
/// answers, and then fires [DerpEvent.Accepted] and leaves; or fires [DerpEvent.Rejected] and
/// closes the channel.
final class DerpServerHandshake extends ChannelInboundHandlerAdapter {
  private final NodePrivateKey key;
  private final ServerInfo info;
  private final boolean notIdeal;
  private final Entropy entropy;

  private boolean finished;
  private @Nullable Future<?> deadline;

  DerpServerHandshake(NodePrivateKey key, ServerInfo info, boolean notIdeal, Entropy entropy) {
    this.key = key;
    this.info = info;
    this.notIdeal = notIdeal;
    this.entropy = entropy;
  }

  /// Stands before everything else in the stream, so whoever switches the protocol writes it.
  static Frame greeting(NodePrivateKey key) {
    return new Frame.ServerKey(key.publicKey());
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    deadline =
        ctx.executor()
            .schedule(
                () -> fail(ctx, "the client did not introduce itself in time"),
                DerpHttp.DEADLINE_SECONDS,
                TimeUnit.SECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (finished) {
      ReferenceCountUtil.release(msg);
    } else if (msg instanceof Frame.SealedClientInfo sealed) {
      onIntroduction(ctx, sealed);
    } else {
      ReferenceCountUtil.release(msg);
      fail(ctx, "the client did not begin with its introduction");
    }
  }

  private void onIntroduction(ChannelHandlerContext ctx, Frame.SealedClientInfo sealed) {
    Box box = key.box(sealed.client());
    ClientInfo client = ClientInfo.open(sealed, box);
    if (client == null) {
      fail(ctx, "the client does not hold the key that it names");
      return;
    }
    finish();
    // First the event: once the client reads our introduction, it can be sent to.
    ctx.fireUserEventTriggered(new DerpEvent.Accepted(sealed.client(), client, notIdeal));
    ctx.writeAndFlush(info.seal(box, entropy));
    ctx.pipeline().remove(this);
  }

  private void fail(ChannelHandlerContext ctx, String reason) {
    finish();
    ctx.fireUserEventTriggered(new DerpEvent.Rejected(reason));
    ctx.close();
  }

  private void finish() {
    finished = true;
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    finish();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    finish();
  }
}
