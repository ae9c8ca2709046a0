package dev.weft.runtime.loop;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import org.jspecify.annotations.Nullable;

/// Passes bytes between two channels of one event loop.
///
/// A side is read again only when the other side has room, so a slow receiver slows its sender down
/// instead of filling memory. Both channels must have `AUTO_READ` off. The end of one direction is
/// passed on as a half close and the other direction goes on; an error closes both.
public final class ChannelRelay {
  private ChannelRelay() {}

  /// Takes over both channels. Bytes still in `a`'s pipeline arrive before those read from now on.
  public static void join(Channel a, Channel b) {
    Side sideA = new Side(b);
    Side sideB = new Side(a);
    sideA.other = sideB;
    sideB.other = sideA;
    prepare(a, sideA);
    prepare(b, sideB);
    a.read();
    b.read();
  }

  private static void prepare(Channel channel, Side side) {
    channel.config().setAutoRead(false);
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    channel.pipeline().addLast(side);
    if (!channel.isActive()) { // it went away while the other end was being dialled
      side.to.close();
    }
  }

  /// Reads one channel and writes the other.
  private static final class Side extends ChannelInboundHandlerAdapter {
    private final Channel to;
    private Side other = this;
    private @Nullable ChannelHandlerContext waiting;
    private boolean ended;

    Side(Channel to) {
      this.to = to;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      to.write(message)
          .addListener(written -> {
            if (!written.isSuccess()) {
              context.close();
            }
          });
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      to.flush();
      if (ended) {
        return; // Netty's epoll channel closes itself when it is read again after its end
      }
      if (to.isWritable()) {
        context.read();
      } else {
        waiting = context;
      }
    }

    /// This side's channel can be written again: whoever fills it may go on reading.
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      ChannelHandlerContext reader = other.waiting;
      if (context.channel().isWritable() && reader != null) {
        other.waiting = null;
        reader.read();
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof ChannelInputShutdownEvent) {
        endOfInput(context);
      }
    }

    private void endOfInput(ChannelHandlerContext context) {
      ended = true;
      waiting = null;
      if (other.ended) {
        closeAfterFlush(to);
        closeAfterFlush(context.channel());
        return;
      }
      to.writeAndFlush(Unpooled.EMPTY_BUFFER)
          .addListener(_ -> {
            if (to instanceof DuplexChannel duplex) {
              duplex.shutdownOutput();
            } else {
              to.close();
            }
          });
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      closeAfterFlush(to);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close(); // a reset or the like; channelInactive closes the other side
    }

    private static void closeAfterFlush(Channel channel) {
      if (channel.isActive()) {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      }
    }
  }
}
