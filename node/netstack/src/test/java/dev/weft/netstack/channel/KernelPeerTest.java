package dev.weft.netstack.channel;

import static dev.weft.netstack.channel.KernelPeer.KERNEL;
import static dev.weft.netstack.channel.KernelPeer.OURS;
import static dev.weft.netstack.channel.KernelPeer.OURS6;
import static dev.weft.netstack.channel.TwoNodes.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Ip;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The Linux kernel's TCP as the other side.
@EnabledIf(
    value = "dev.weft.netstack.channel.Tun#isPossible",
    disabledReason = "needs root and /dev/net/tun")
final class KernelPeerTest {
  private KernelPeer peer;

  @BeforeEach
  void open() throws Exception {
    peer = new KernelPeer(1);
  }

  @AfterEach
  void close() throws Exception {
    peer.close();
  }

  @ParameterizedTest
  @CsvSource({"false, 0, 20000000", "true, 0, 20000000", "false, 0.01, 3000000"})
  void theKernelConnectsAndBothSidesSend(boolean v6, double loss, int size) throws Exception {
    peer.link.setFaults(new ImpairedLink.Faults(loss, 0, 0, 0, 0));
    byte[] down = bytes(7, size);
    Exchange exchange = new Exchange(down);
    peer.net.listen(80, halfClosing(exchange)).sync();
    byte[] up = bytes(8, size);
    Ip target = v6 ? OURS6 : OURS;
    Future<Integer> hash =
        peer.tun.start(() -> {
          try (Socket socket = new Socket(target.toInetAddress(), 80)) {
            return talk(socket, up);
          }
        });
    assertEquals(Arrays.hashCode(up), exchange.received.get(60, TimeUnit.SECONDS));
    assertEquals(Arrays.hashCode(down), hash.get(60, TimeUnit.SECONDS));
  }

  @ParameterizedTest
  @CsvSource({"0, 20000000", "0.01, 3000000"})
  void weConnectAndBothSidesSend(double loss, int size) throws Exception {
    byte[] down = bytes(7, size);
    ServerSocket listener =
        peer.tun.inside(() -> new ServerSocket(9000, 1, InetAddress.getByName("100.64.0.1")));
    Future<Integer> hash =
        peer.tun.start(() -> {
          try (Socket socket = listener.accept()) {
            return talk(socket, down);
          }
        });
    peer.link.setFaults(new ImpairedLink.Faults(loss, 0, 0, 0, 0));
    byte[] up = bytes(8, size);
    Exchange exchange = new Exchange(up);
    peer.net.connect(at(KERNEL, 9000), halfClosing(exchange)).sync();
    assertEquals(Arrays.hashCode(down), exchange.received.get(60, TimeUnit.SECONDS));
    assertEquals(Arrays.hashCode(up), hash.get(60, TimeUnit.SECONDS));
    listener.close();
  }

  @Test
  void aClosedPortRefusesOnBothSides() throws Exception {
    ChannelFuture ours = peer.net.connect(at(KERNEL, 9), new ChannelInboundHandlerAdapter());
    assertTrue(ours.await(5, TimeUnit.SECONDS));
    assertInstanceOf(ConnectException.class, ours.cause());
    ExecutionException theirs =
        assertThrows(
            ExecutionException.class, () -> peer.tun.inside(() -> new Socket("100.64.0.2", 9)));
    assertInstanceOf(ConnectException.class, theirs.getCause());
  }

  @Test
  void aResetOfTheKernelIsReported() throws Exception {
    CompletableFuture<String> failure = new CompletableFuture<>();
    peer.net
        .listen(
            80,
            new ChannelInboundHandlerAdapter() {
              @Override
              public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                failure.complete(cause.getMessage());
              }
            })
        .sync();
    peer.tun.inside(() -> {
      Socket socket = new Socket("100.64.0.2", 80);
      socket.setSoLinger(true, 0);
      socket.close();
      return null;
    });
    assertEquals("Connection reset by peer", failure.get(5, TimeUnit.SECONDS));
  }

  @Test
  void theKernelSeesOurReset() throws Exception {
    peer.net
        .listen(
            80,
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext context, Object message) {
                ((ByteBuf) message).release();
                context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
                context.close();
              }
            })
        .sync();
    ExecutionException e =
        assertThrows(
            ExecutionException.class,
            () ->
                peer.tun.inside(() -> {
                  try (Socket socket = new Socket("100.64.0.2", 80)) {
                    socket.getOutputStream().write(1);
                    return socket.getInputStream().read();
                  }
                }));
    assertInstanceOf(IOException.class, e.getCause());
    assertTrue(e.getCause().getMessage().contains("reset"), e.getCause().getMessage());
  }

  @Test
  void theKernelsPingIsAnswered() throws Exception {
    for (String target : new String[] {"100.64.0.2", "fd7a:115c:a1e0::2"}) {
      Boolean reachable = peer.tun.inside(() -> InetAddress.getByName(target).isReachable(5000));
      assertTrue(reachable, target);
    }
  }

  /// The kernel's side of an exchange: sends all, half-closes, reads to the end.
  private static int talk(Socket socket, byte[] send) throws Exception {
    Thread writer =
        Thread.ofVirtual()
            .start(() -> {
              try {
                OutputStream out = socket.getOutputStream();
                out.write(send);
                socket.shutdownOutput();
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    byte[] received = socket.getInputStream().readAllBytes();
    writer.join();
    return Arrays.hashCode(received);
  }

  private static ChannelHandler halfClosing(Exchange exchange) {
    return new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        channel.pipeline().addLast(exchange);
      }
    };
  }

  private static byte[] bytes(long seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /// Our side: sends all, half-closes, reads to the end.
  private static final class Exchange extends ChannelInboundHandlerAdapter {
    final CompletableFuture<Integer> received = new CompletableFuture<>();
    private final byte[] send;
    private int hash = 1;
    private boolean isSent;
    private boolean isEnded;

    Exchange(byte[] send) {
      this.send = send;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      context
          .writeAndFlush(Unpooled.wrappedBuffer(send))
          .addListener(future -> {
            ((DuplexChannel) context.channel()).shutdownOutput();
            isSent = true;
            closeWhenDone(context);
          });
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf buffer = (ByteBuf) message;
      while (buffer.isReadable()) {
        hash = 31 * hash + buffer.readByte();
      }
      buffer.release();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof ChannelInputShutdownEvent) {
        isEnded = true;
        received.complete(hash);
        closeWhenDone(context);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      received.complete(hash);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      received.completeExceptionally(cause);
    }

    private void closeWhenDone(ChannelHandlerContext context) {
      if (isSent && isEnded) {
        context.close();
      }
    }
  }
}
