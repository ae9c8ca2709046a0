package dev.weft.runtime.localapi;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Opens a connection for a caller and waits for it.
final class DialUpgrade {
  static final String PROTOCOL = "ts-dial";

  private DialUpgrade() {}

  /// Waits for a connection that does not read yet. When the wait is interrupted, the connection is
  /// closed whenever it comes.
  ///
  /// @param events the loop of the server, on which the connection will be
  static Channel dial(LocalBackend backend, Answer.Dial to, EventLoop events)
      throws InterruptedException, BackendException {
    Mute mute = new Mute();
    Future<Future<Channel>> begun = events.submit(() -> backend.dial(to.host(), to.port(), mute));
    try {
      Future<Channel> dialled = await(begun);
      return await(dialled);
    } catch (InterruptedException e) {
      events.execute(mute::abandon);
      begun.addListener((Future<Future<Channel>> made) -> {
        if (made.isSuccess()) {
          made.getNow().addListener(DialUpgrade::closeLate);
        }
      });
      throw e;
    }
  }

  private static void closeLate(Future<? super Channel> dialled) {
    if (dialled.isSuccess() && dialled.getNow() instanceof Channel late) {
      late.close();
    }
  }

  private static <T> T await(Future<T> future) throws InterruptedException, BackendException {
    future.await();
    if (!future.isSuccess()) {
      Throwable cause = future.cause();
      String message = cause == null ? null : cause.getMessage();
      throw new BackendException("dial failure: " + (message == null ? "no answer" : message));
    }
    return future.getNow();
  }

  /// Keeps a channel from reading until it has been joined: a server that speaks first must be
  /// heard. On the event loop.
  private static final class Mute extends ChannelInboundHandlerAdapter {
    private @Nullable Channel channel;
    private boolean abandoned;

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      channel = context.channel();
      channel.config().setAutoRead(false);
      if (abandoned) {
        channel.close();
      }
    }

    /// Nobody waits any more: ends the attempt at once, for a destination that does not answer
    /// would hold its connection until the attempt times out.
    void abandon() {
      abandoned = true;
      if (channel != null) {
        channel.close();
      }
    }
  }
}
