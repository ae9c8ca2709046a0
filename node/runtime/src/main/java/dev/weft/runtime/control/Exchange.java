package dev.weft.runtime.control;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One request's response, read by one thread.
///
/// Nothing is read from the connection before it is asked for, so the stream's HTTP/2 window bounds
/// what waits here.
final class Exchange implements Closeable {
  private static final Object END = new Object();

  /// What has come and was not taken yet. Once closed, nobody takes any more: whoever adds drains.
  private final BlockingQueue<Object> frames = new LinkedBlockingQueue<>();

  private @Nullable Http2StreamChannel stream;
  private @Nullable Http2HeadersFrame head;
  private @Nullable ByteBuf current;
  private boolean ended;
  private volatile boolean closed;

  void attach(Http2StreamChannel opened) {
    stream = opened;
  }

  /// Runs on the event loop.
  ChannelHandler handler() {
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void channelRead(ChannelHandlerContext ctx, Object message) {
        add(message);
      }

      @Override
      public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame) {
          add(END);
        }
        ReferenceCountUtil.release(event);
      }

      @Override
      public void channelInactive(ChannelHandlerContext ctx) {
        add(END);
      }

      @Override
      public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
      }
    };
  }

  /// Closing looks at the queue after it has set the flag, this after it has added: one of them
  /// sees what a read brings that was under way.
  private void add(Object frame) {
    frames.add(frame);
    if (closed) {
      drain();
    }
  }

  private void drain() {
    for (Object frame = frames.poll(); frame != null; frame = frames.poll()) {
      ReferenceCountUtil.release(frame);
    }
  }

  /// Waits for the response's status.
  ///
  /// @param silence how long nothing may come
  int status(Duration silence) throws IOException, InterruptedException {
    while (head == null) {
      Object frame = next(silence);
      if (frame instanceof Http2HeadersFrame headers) {
        head = headers;
        ended = headers.isEndStream();
      } else {
        ReferenceCountUtil.release(frame);
        throw ControlException.of("the connection to control ended without an answer");
      }
    }
    try {
      return Integer.parseInt(String.valueOf(head.headers().status()));
    } catch (NumberFormatException e) {
      throw ControlException.of("control answered without a status", e);
    }
  }

  /// A header of the response.
  @Nullable String header(String name) {
    CharSequence value = head == null ? null : head.headers().get(name);
    return value == null ? null : value.toString();
  }

  /// The body as it comes. A read that waits longer than `silence` fails with a [SilenceException];
  /// one that is interrupted, with an [InterruptedIOException].
  InputStream body(Duration silence) {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        try {
          return readSome(into, offset, length, silence);
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
          throw new InterruptedIOException();
        }
      }
    };
  }

  /// The whole body.
  ///
  /// @param limit in bytes; a longer body is an error, unless `cut` asks for its beginning only
  byte[] wholeBody(int limit, boolean cut, Duration silence) throws IOException {
    InputStream in = body(silence);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] chunk = new byte[8192];
    for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
      int room = limit - out.size();
      out.write(chunk, 0, Math.min(read, room));
      if (read > room && cut) {
        break;
      } else if (read > room) {
        throw ControlException.of("control answered with more than " + limit + " bytes");
      }
    }
    return out.toByteArray();
  }

  private int readSome(byte[] into, int offset, int length, Duration silence)
      throws IOException, InterruptedException {
    if (length == 0) {
      return 0; // InputStream asks for this after it has all it wanted
    }
    while (current == null || !current.isReadable()) {
      if (ended) {
        return -1;
      }
      take(next(silence));
    }
    int count = Math.min(length, current.readableBytes());
    current.readBytes(into, offset, count);
    if (!current.isReadable()) {
      current.release();
      current = null;
    }
    return count;
  }

  private void take(Object frame) throws ControlException {
    if (current != null) {
      current.release();
      current = null;
    }
    if (frame instanceof Http2DataFrame data) {
      current = data.content();
      ended = data.isEndStream();
    } else if (frame instanceof Http2HeadersFrame trailers) {
      ended = trailers.isEndStream();
    } else {
      ReferenceCountUtil.release(frame);
      throw ControlException.of("the connection to control was cut");
    }
  }

  private Object next(Duration silence) throws IOException, InterruptedException {
    @Nullable Object frame = frames.poll();
    if (frame != null) {
      return frame;
    }
    if (stream != null) {
      stream.read();
    }
    frame = frames.poll(silence.toNanos(), TimeUnit.NANOSECONDS);
    if (frame == null) {
      throw new SilenceException(silence);
    }
    return frame;
  }

  @Override
  public void close() {
    if (stream != null) {
      stream.close(); // resets the stream when it is not over
    }
    if (current != null) {
      current.release();
      current = null;
    }
    closed = true;
    drain();
  }
}
