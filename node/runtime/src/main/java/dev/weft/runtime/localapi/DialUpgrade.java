package dev.weft.runtime.localapi;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;

/// Opens a connection for a caller and waits for it.
final class DialUpgrade {
  static final String PROTOCOL = "ts-dial";

  private DialUpgrade() {}

  /// Waits for a connection that does not read yet.
  ///
  /// @param events the loop of the server, on which the connection will be
  static Channel dial(LocalBackend backend, Answer.Dial to, EventLoop events)
      throws InterruptedException, BackendException {
    Future<Future<Channel>> begun =
        events.submit(() -> backend.dial(to.host(), to.port(), new Mute()));
    Future<Channel> dialled = await(begun);
    return await(dialled);
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
  /// heard.
  private static final class Mute extends ChannelInboundHandlerAdapter {
    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      context.channel().config().setAutoRead(false);
    }
  }
}
