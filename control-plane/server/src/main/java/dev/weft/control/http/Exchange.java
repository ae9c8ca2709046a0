package dev.weft.control.http;

import dev.weft.base.Ip;
import dev.weft.transport.ts2021.Ts2021Peer;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2StreamChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One request of a node and its answer, for plain blocking code on a thread of its own.
public final class Exchange {
  private final Ts2021Peer peer;
  private final String method;
  private final String path;
  private byte[] body;
  private final Http2StreamChannel stream;
  private final Executor executor;
  private final Runnable release;
  private boolean answered;

  Exchange(
      Ts2021Peer peer,
      String method,
      String path,
      byte[] body,
      Http2StreamChannel stream,
      Executor executor,
      Runnable release) {
    this.release = release;
    this.peer = peer;
    this.method = method;
    this.path = path;
    this.body = body;
    this.stream = stream;
    this.executor = executor;
  }

  /// Who asks: the machine that the Noise handshake proved, and nobody else.
  public Ts2021Peer peer() {
    return peer;
  }

  /// Where it comes from, as far as known: the other end of the connection, or whom a trusted front
  /// speaks for.
  public @Nullable Ip place() {
    return ClientAddress.place(stream.parent());
  }

  public String method() {
    return method;
  }

  public String path() {
    return path;
  }

  public byte[] body() {
    return body;
  }

  /// The body is not needed any more. To be said before the answer is waited for or streamed:
  /// bodies share a small room.
  public void forgetBody() {
    body = new byte[0];
    release.run();
  }

  public boolean isAnswered() {
    return answered;
  }

  /// Answers.
  public void reply(Reply reply) {
    answered = true;
    Http2Headers headers = new DefaultHttp2Headers().status(Integer.toString(reply.status()));
    headers.set("content-type", reply.contentType());
    headers.setInt("content-length", reply.body().length());
    if (reply.retryAfterSeconds() > 0) {
      headers.setLong("retry-after", reply.retryAfterSeconds());
    }
    stream.write(new DefaultHttp2HeadersFrame(headers, false));
    stream.writeAndFlush(
        new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(reply.body().toArray()), true));
  }

  /// Begins an answer of unknown length, to be continued by [#send] and ended by [#finish].
  public void begin() {
    answered = true;
    stream.writeAndFlush(
        new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200"), false));
  }

  /// Sends a part and waits until it left. Nothing is queued: a peer that does not take it in time
  /// loses the stream.
  ///
  /// @throws IOException when the stream is closed, by whomever
  public void send(byte[] part, Duration patience) throws IOException {
    ChannelFuture sent =
        stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(part), false));
    try {
      if (!sent.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        stream.close();
        throw new IOException("the peer does not read");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stream.close();
      throw new IOException("interrupted", e);
    }
    if (!sent.isSuccess()) {
      throw new IOException("the stream is closed", sent.cause());
    }
  }

  /// Sends a part without waiting. Whoever sends the next only when this one has left queues
  /// nothing.
  ///
  /// @param sent is run on another thread when it has left; never when the stream breaks
  public void sendLater(byte[] part, Runnable sent) {
    stream
        .writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(part), false))
        .addListener(future -> {
          if (future.isSuccess()) {
            sent.run();
          }
        });
  }

  /// Breaks the stream off.
  public void abort() {
    stream.close();
  }

  public void finish() {
    stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.EMPTY_BUFFER, true));
  }

  public boolean isOpen() {
    return stream.isActive();
  }

  /// Runs once, on a thread of its own, when the stream is closed by whomever; at once when it is.
  public void onClose(Runnable action) {
    stream
        .closeFuture()
        .addListener(_ -> {
          try {
            executor.execute(action);
          } catch (RejectedExecutionException _) {
            // The server is closing and tells everybody by other means.
          }
        });
  }
}
