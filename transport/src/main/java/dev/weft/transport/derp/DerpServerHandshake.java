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
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The relay's side of the introductions, once it has sent its [#greeting]: opens the client's,
/// asks whether to serve it, answers, and then fires [DerpEvent.Accepted] and leaves; or fires
/// [DerpEvent.Rejected] and closes the channel.
final class DerpServerHandshake extends ChannelInboundHandlerAdapter {
  /// How a relay greets and whom it serves; the same for all its connections.
  record Terms(NodePrivateKey key, ServerInfo info, Admission admission, Entropy entropy) {}

  /// Reading stops while the answer is awaited, so this is what one read may bring.
  private static final int MAX_HELD = 4096;

  private final Terms terms;
  private final boolean notIdeal;

  /// What came behind the introduction while [Admission] was being asked.
  private final ArrayDeque<Object> held = new ArrayDeque<>();

  private boolean asking;
  private boolean finished;
  private @Nullable Future<?> deadline;

  DerpServerHandshake(Terms terms, boolean notIdeal) {
    this.terms = terms;
    this.notIdeal = notIdeal;
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
                () ->
                    fail(
                        ctx,
                        asking
                            ? "nobody said in time whether the client is welcome"
                            : "the client did not introduce itself in time"),
                DerpHttp.DEADLINE_SECONDS,
                TimeUnit.SECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (finished) {
      ReferenceCountUtil.release(msg);
    } else if (asking) {
      hold(ctx, msg);
    } else if (msg instanceof Frame.SealedClientInfo sealed) {
      onIntroduction(ctx, sealed);
    } else {
      ReferenceCountUtil.release(msg);
      fail(ctx, "the client did not begin with its introduction");
    }
  }

  private void hold(ChannelHandlerContext ctx, Object msg) {
    if (held.size() < MAX_HELD) {
      held.add(msg);
    } else {
      ReferenceCountUtil.release(msg);
      fail(ctx, "the client sends too much before it is accepted");
    }
  }

  private void onIntroduction(ChannelHandlerContext ctx, Frame.SealedClientInfo sealed) {
    Box box = terms.key().box(sealed.client());
    ClientInfo client = ClientInfo.open(sealed, box);
    if (client == null) {
      fail(ctx, "the client does not hold the key that it names");
      return;
    }
    asking = true;
    ctx.channel().config().setAutoRead(false);
    terms
        .admission()
        .admit(sealed.client(), client, ctx.channel().remoteAddress())
        .whenComplete((admitted, failure) -> {
          Runnable answer =
              failure == null && admitted
                  ? () -> accept(ctx, sealed, client, box)
                  : () -> refuse(ctx);
          if (ctx.executor().inEventLoop()) {
            answer.run();
          } else {
            ctx.executor().execute(answer);
          }
        });
  }

  private void accept(
      ChannelHandlerContext ctx, Frame.SealedClientInfo sealed, ClientInfo client, Box box) {
    if (finished) {
      return;
    }
    finish();
    // First the event: once the client reads our introduction, it can be sent to.
    ctx.fireUserEventTriggered(new DerpEvent.Accepted(sealed.client(), client, notIdeal));
    ctx.writeAndFlush(terms.info().seal(box, terms.entropy()));
    for (Object msg = held.poll(); msg != null; msg = held.poll()) {
      ctx.fireChannelRead(msg);
    }
    ctx.channel().config().setAutoRead(true);
    ctx.pipeline().remove(this);
  }

  private void refuse(ChannelHandlerContext ctx) {
    if (!finished) {
      fail(ctx, "the client is not welcome");
    }
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
    held.forEach(ReferenceCountUtil::release);
    held.clear();
  }
}
