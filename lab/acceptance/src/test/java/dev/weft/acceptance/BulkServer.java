package dev.weft.acceptance;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.weft.netstack.channel.NetstackLoop;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Moves many bytes and looks at each: both ends know from a seed what has to come.
///
/// A client sends one line, `push BYTES SEED` or `pull BYTES SEED`; then the bytes go that way, and
/// the one who took them says in a line whether they were equal. As a program it is the kernel's
/// end: `BulkServer serve`, or `BulkServer push|pull BYTES SEED HOST`.
final class BulkServer {
  static final int PORT = 7;

  private static final int CHUNK = 64 << 10;
  private static final long PATIENCE_MINUTES = 30;

  private BulkServer() {}

  /// What a client wants.
  record Request(String way, long bytes, long seed) {
    boolean isPush() {
      return "push".equals(way);
    }

    String line() {
      return way + " " + bytes + " " + seed + "\n";
    }

    static Request parse(String line) {
      String[] words = line.trim().split(" ", -1);
      return new Request(words[0], Long.parseLong(words[1]), Long.parseLong(words[2]));
    }
  }

  public static void main(String[] arguments) throws Exception {
    MultiThreadIoEventLoopGroup group =
        new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    if (arguments.length == 1) {
      new ServerBootstrap()
          .group(group)
          .channel(NioServerSocketChannel.class)
          .childHandler(handler())
          .bind(PORT)
          .sync();
      System.out.println("ready");
      Thread.currentThread().join();
    }
    Request request =
        new Request(arguments[0], Long.parseLong(arguments[1]), Long.parseLong(arguments[2]));
    CompletableFuture<String> outcome = new CompletableFuture<>();
    new Bootstrap()
        .group(group)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 60_000)
        .handler(client(request, outcome))
        .connect(arguments[3], PORT)
        .sync();
    System.out.println(outcome.get(PATIENCE_MINUTES, TimeUnit.MINUTES));
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /// Asks over our own stack.
  static String ask(NetstackLoop stack, InetSocketAddress server, Request request)
      throws Exception {
    CompletableFuture<String> outcome = new CompletableFuture<>();
    stack.connect(server, client(request, outcome)).sync();
    return outcome.get(PATIENCE_MINUTES, TimeUnit.MINUTES);
  }

  /// Serves each connection.
  static ChannelHandler handler() {
    return new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.pipeline().addLast(new Serving());
      }
    };
  }

  private static ChannelHandler client(Request request, CompletableFuture<String> outcome) {
    return request.isPush() ? new Pushing(request, outcome) : new Pulling(request, outcome);
  }

  /// The bytes of a seed, in order.
  private static final class Pattern {
    private final SplittableRandom random;
    private final byte[] chunk = new byte[CHUNK];
    private final long total;
    private long at;

    Pattern(Request request) {
      random = new SplittableRandom(request.seed());
      total = request.bytes();
    }

    boolean isAtEnd() {
      return at == total;
    }

    long at() {
      return at;
    }

    byte next() {
      int within = (int) (at % CHUNK);
      if (within == 0) {
        random.nextBytes(chunk);
      }
      at++;
      return chunk[within];
    }

    ByteBuf nextChunk() {
      random.nextBytes(chunk);
      int length = (int) Math.min(CHUNK, total - at);
      at += length;
      return Unpooled.copiedBuffer(chunk, 0, length);
    }

    /// Null while all is as it should be, else what is wrong.
    boolean matches(ByteBuf bytes) {
      while (bytes.isReadable()) {
        if (isAtEnd() || bytes.readByte() != next()) {
          return false;
        }
      }
      return true;
    }
  }

  /// Writes a pattern as fast as the channel takes it.
  private static void pump(ChannelHandlerContext context, Pattern pattern) {
    while (context.channel().isWritable() && !pattern.isAtEnd()) {
      context.write(pattern.nextChunk());
    }
    context.flush();
  }

  private static final class Serving extends ChannelInboundHandlerAdapter {
    private final StringBuilder line = new StringBuilder();
    private Request request;
    private Pattern pattern;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      try {
        while (request == null && bytes.isReadable()) {
          char next = (char) bytes.readByte();
          line.append(next);
          if (next == '\n') {
            begin(context, Request.parse(line.toString()));
          }
        }
        if (request != null && request.isPush()) {
          check(context, bytes);
        }
      } finally {
        bytes.release();
      }
    }

    private void begin(ChannelHandlerContext context, Request wanted) {
      request = wanted;
      pattern = new Pattern(wanted);
      if (!wanted.isPush()) {
        pump(context, pattern);
      }
    }

    private void check(ChannelHandlerContext context, ByteBuf bytes) {
      if (!pattern.matches(bytes)) {
        answer(context, "different before " + pattern.at());
      } else if (pattern.isAtEnd()) {
        answer(context, "equal");
      }
    }

    private static void answer(ChannelHandlerContext context, String text) {
      context
          .writeAndFlush(Unpooled.copiedBuffer(text + "\n", US_ASCII))
          .addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      if (request != null && !request.isPush()) {
        pump(context, pattern);
      }
    }
  }

  private static final class Pushing extends ChannelInboundHandlerAdapter {
    private final Request request;
    private final CompletableFuture<String> outcome;
    private final Pattern pattern;

    Pushing(Request request, CompletableFuture<String> outcome) {
      this.request = request;
      this.outcome = outcome;
      this.pattern = new Pattern(request);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      context.write(Unpooled.copiedBuffer(request.line(), US_ASCII));
      pump(context, pattern);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      pump(context, pattern);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      outcome.complete(bytes.toString(US_ASCII).trim());
      bytes.release();
      context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      outcome.complete("ended early");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      outcome.completeExceptionally(cause);
      context.close();
    }
  }

  private static final class Pulling extends ChannelInboundHandlerAdapter {
    private final Request request;
    private final CompletableFuture<String> outcome;
    private final Pattern pattern;

    Pulling(Request request, CompletableFuture<String> outcome) {
      this.request = request;
      this.outcome = outcome;
      this.pattern = new Pattern(request);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      context.writeAndFlush(Unpooled.copiedBuffer(request.line(), US_ASCII));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      boolean matches = pattern.matches(bytes);
      bytes.release();
      if (!matches) {
        outcome.complete("different before " + pattern.at());
        context.close();
      } else if (pattern.isAtEnd()) {
        outcome.complete("equal");
        context.close();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      outcome.complete("ended after " + pattern.at());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      outcome.completeExceptionally(cause);
      context.close();
    }
  }
}
