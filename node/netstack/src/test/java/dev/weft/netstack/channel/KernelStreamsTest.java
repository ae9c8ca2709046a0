package dev.weft.netstack.channel;

import static dev.weft.netstack.channel.KernelPeer.KERNEL;
import static dev.weft.netstack.channel.KernelPeer.OURS;
import static dev.weft.netstack.channel.TwoNodes.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.netstack.Pattern;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Many streams at once between our stack and the Linux kernel's TCP, each in both directions, over
/// a link that loses, overtakes and duplicates. Every byte is compared at both ends.
@EnabledIf(
    value = "dev.weft.netstack.channel.Tun#isPossible",
    disabledReason = "needs root and /dev/net/tun")
@SuppressWarnings("try") // what is closed may wait
final class KernelStreamsTest {
  private static final boolean LONG = Integer.getInteger("weft.soak", 1) > 1;
  private static final int STREAMS = LONG ? 100 : 8;
  private static final long BYTES = LONG ? 10 << 20 : 1 << 20;
  private static final int LIMIT_SECONDS = LONG ? 500 : 60;
  private static final int PORT = 80;
  private static final ImpairedLink.Faults FAULTS =
      new ImpairedLink.Faults(0.02, 0.02, 0.01, 1_000_000, 0);

  private final List<CompletableFuture<Void>> ends = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(strings = {"cubic", "reno", "bbr"})
  void allBytesOfAllStreamsArriveBothWays(String control) throws Exception {
    try (KernelPeer peer = new KernelPeer(7)) {
      peer.tun.useCongestionControl(control);
      peer.link.setFaults(FAULTS);
      ConcurrentLinkedQueue<Stream> incoming = new ConcurrentLinkedQueue<>();
      ServerSocketChannel listener = peer.tun.inside(KernelStreamsTest::listen);
      peer.net.listen(PORT, initializer(incoming)).sync();
      for (int i = 0; i < STREAMS; i++) {
        Stream stream = new Stream(i);
        ends.add(stream.done);
        incoming.add(stream);
      }
      long start = System.nanoTime();
      for (int i = 0; i < STREAMS; i++) {
        // Half of the streams are opened by either side.
        SocketChannel socket = null;
        if (i % 2 == 0) {
          socket = peer.tun.inside(SocketChannel::open);
        } else {
          peer.net.connect(at(KERNEL, PORT), initializer(incoming));
        }
        ends.add(startKernelEnd(socket, listener));
      }
      String sockets;
      do { // until the first handshake is over
        sockets = peer.tun.inside(() -> Tun.run("ss", "-tin", "state", "established"));
      } while (sockets.lines().count() < 2
          && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(10));
      assertTrue(sockets.contains(" " + control + " "), sockets);
      CompletableFuture<Void> all =
          CompletableFuture.allOf(ends.toArray(new CompletableFuture<?>[0]));
      all.get(LIMIT_SECONDS, TimeUnit.SECONDS);
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.printf(
          "%s: %d streams of %d MiB each way in %.1f s, %.0f Mbit/s each way, %d segments sent again, %d timeouts%n",
          control,
          STREAMS,
          BYTES >> 20,
          seconds,
          STREAMS * 8e-6 * BYTES / seconds,
          peer.stack.resentSegments(),
          peer.stack.timeouts());
      listener.close();
      assertEquals(0, incoming.size());
    }
  }

  private static ServerSocketChannel listen() throws IOException {
    return ServerSocketChannel.open().bind(new InetSocketAddress(PORT), 256);
  }

  private static CompletableFuture<Void> startKernelEnd(
      SocketChannel socket, ServerSocketChannel listener) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try (SocketChannel s = socket != null ? socket : listener.accept()) {
            if (socket != null) {
              s.connect(at(OURS, PORT));
            }
            talk(s);
            done.complete(null);
          } catch (IOException | InterruptedException | AssertionError e) {
            done.completeExceptionally(e);
          }
        });
    return done;
  }

  /// Our end says first which stream it is.
  private static void talk(SocketChannel socket) throws IOException, InterruptedException {
    socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
    ByteBuffer chunk = ByteBuffer.allocate(1 << 16);
    while (chunk.position() == 0) {
      if (socket.read(chunk.limit(1)) < 0) {
        throw new IOException("ended before it began");
      }
    }
    int number = chunk.get(0);
    CompletableFuture<Void> sent = new CompletableFuture<>();
    Thread writer =
        Thread.ofVirtual()
            .start(() -> {
              try {
                Pattern outgoing = new Pattern(2 * number, BYTES);
                while (!outgoing.isComplete()) {
                  outgoing.took(socket.write(outgoing.next()));
                }
                socket.shutdownOutput();
                sent.complete(null);
              } catch (IOException e) {
                sent.completeExceptionally(e);
              }
            });
    Pattern incoming = new Pattern(2 * number + 1, BYTES);
    int n;
    while ((n = socket.read(chunk.clear())) >= 0) {
      incoming.check(chunk.array(), 0, n);
    }
    if (!incoming.isComplete()) {
      throw new IOException("ended at " + incoming.position());
    }
    writer.join();
    sent.join();
  }

  private static ChannelHandler initializer(ConcurrentLinkedQueue<Stream> streams) {
    return new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        channel.pipeline().addLast(streams.remove());
      }
    };
  }

  /// Our end of one stream.
  static final class Stream extends ChannelInboundHandlerAdapter {
    final CompletableFuture<Void> done = new CompletableFuture<>();
    private final int number;
    private final Pattern outgoing;
    private final Pattern incoming;
    private boolean outputDone;
    private boolean inputDone;

    Stream(int number) {
      this.number = number;
      outgoing = new Pattern(2 * number + 1, BYTES);
      incoming = new Pattern(2 * number, BYTES);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      context.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {(byte) number}));
      write(context);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      write(context);
    }

    private void write(ChannelHandlerContext context) {
      while (context.channel().isWritable() && !outgoing.isComplete()) {
        ByteBuffer next = outgoing.next();
        int count = next.remaining();
        outgoing.took(count);
        context.writeAndFlush(Unpooled.wrappedBuffer(next));
      }
      if (outgoing.isComplete() && !outputDone) {
        outputDone = true;
        context
            .writeAndFlush(Unpooled.EMPTY_BUFFER)
            .addListener(_ -> ((DuplexChannel) context.channel()).shutdownOutput());
        closeWhenDone(context);
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf buffer = (ByteBuf) message;
      byte[] bytes = new byte[buffer.readableBytes()];
      buffer.readBytes(bytes).release();
      incoming.check(bytes, 0, bytes.length);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof ChannelInputShutdownEvent) {
        inputDone = true;
        closeWhenDone(context);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (incoming.isComplete() && outgoing.isComplete()) {
        done.complete(null);
      } else {
        done.completeExceptionally(new IOException("ended at " + incoming.position()));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      done.completeExceptionally(cause);
      context.close();
    }

    private void closeWhenDone(ChannelHandlerContext context) {
      if (inputDone && outputDone) {
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> context.close());
      }
    }
  }
}
