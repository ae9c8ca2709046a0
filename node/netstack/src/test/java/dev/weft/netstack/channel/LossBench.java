package dev.weft.netstack.channel;

import dev.weft.base.Ip;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// How much one stream carries over a link that loses packets: our stack sending to the Linux
/// kernel's TCP, and the kernel's TCP sending to the same over the same link, in turns.
///
/// Arguments: seconds per run, runs, one way delay in milliseconds, losses in percent. The kernel
/// uses CUBIC, as we do.
@SuppressWarnings("try") // what is closed may wait
final class LossBench {
  private static final Ip OTHER = Ip.parse("100.64.0.2");
  private static final Ip OTHER6 = Ip.parse("fd7a:115c:a1e0::2");
  private static final int PORT = 80;

  private LossBench() {}

  public static void main(String[] arguments) throws Exception {
    long seconds = Long.parseLong(arguments[0]);
    int runs = Integer.parseInt(arguments[1]);
    double delayMillis = Double.parseDouble(arguments[2]);
    for (int i = 3; i < arguments.length; i++) {
      double loss = Double.parseDouble(arguments[i]) / 100;
      var faults = new ImpairedLink.Faults(loss, 0, 0, (long) (delayMillis * 1e6), 125_000_000);
      List<Double> ours = new ArrayList<>();
      List<Double> theirs = new ArrayList<>();
      List<Double> ratios = new ArrayList<>();
      for (int run = 0; run < runs; run++) {
        ours.add(ours(faults, seconds, run));
        theirs.add(theirs(faults, seconds, run));
        ratios.add(ours.getLast() / theirs.getLast());
      }
      System.out.printf(
          Locale.ROOT,
          "loss %4.1f %%, round trip %.0f ms: netstack %s, kernel %s Mbit/s, ratio %s%n",
          100 * loss,
          2 * delayMillis,
          summary(ours),
          summary(theirs),
          summary(ratios));
    }
  }

  private static String summary(List<Double> figures) {
    List<Double> sorted = figures.stream().sorted().toList();
    return String.format(
        Locale.ROOT,
        "%.2f (%.2f-%.2f)",
        sorted.get(sorted.size() / 2),
        sorted.getFirst(),
        sorted.getLast());
  }

  private static double ours(ImpairedLink.Faults faults, long seconds, long seed) throws Exception {
    try (KernelPeer peer = new KernelPeer(seed)) {
      peer.tun.useCongestionControl("cubic");
      peer.link.setFaults(faults);
      ServerSocketChannel listener = peer.tun.inside(LossBench::listen);
      peer.net.connect(
          new InetSocketAddress(KernelPeer.KERNEL.toInetAddress(), PORT), new Source());
      return receive(listener, seconds);
    }
  }

  private static double theirs(ImpairedLink.Faults faults, long seconds, long seed)
      throws Exception {
    try (Tun near = new Tun(KernelPeer.KERNEL, KernelPeer.KERNEL6);
        Tun far = new Tun(OTHER, OTHER6);
        Bridge bridge = new Bridge(near, far, seed)) {
      near.useCongestionControl("cubic");
      far.useCongestionControl("cubic");
      bridge.link.setFaults(faults);
      ServerSocketChannel listener = near.inside(LossBench::listen);
      SocketChannel sender = far.inside(SocketChannel::open);
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            try (sender) {
              sender.connect(new InetSocketAddress(KernelPeer.KERNEL.toInetAddress(), PORT));
              ByteBuffer chunk = ByteBuffer.allocateDirect(1 << 16);
              while (true) {
                sender.write(chunk.clear());
              }
            } catch (IOException _) {
              // the receiver has seen enough
            }
          });
      return receive(listener, seconds);
    }
  }

  private static ServerSocketChannel listen() throws IOException {
    return ServerSocketChannel.open().bind(new InetSocketAddress(PORT));
  }

  /// Megabits a second of what comes, without the first second.
  private static double receive(ServerSocketChannel listener, long seconds) throws Exception {
    try (listener;
        SocketChannel socket = listener.accept()) {
      AtomicLong received = new AtomicLong();
      Thread reader =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                ByteBuffer chunk = ByteBuffer.allocateDirect(1 << 16);
                try {
                  int n;
                  while ((n = socket.read(chunk.clear())) >= 0) {
                    received.addAndGet(n);
                  }
                } catch (IOException _) {
                  // closed below
                }
              });
      TimeUnit.SECONDS.sleep(1);
      long before = received.get();
      long start = System.nanoTime();
      TimeUnit.SECONDS.sleep(seconds);
      double megabits = (received.get() - before) * 8e3 / (System.nanoTime() - start);
      socket.close();
      reader.join();
      return megabits;
    }
  }

  /// Two devices on one link: the far one's packets are read by a thread of its own.
  private static final class Bridge implements AutoCloseable {
    final ImpairedLink link;
    private final Thread reader;
    private volatile boolean isClosed;

    Bridge(Tun near, Tun far, long seed) {
      link =
          new ImpairedLink(near, packets -> packets.forEach(p -> far.write(p, 0, p.length)), seed);
      reader =
          Thread.ofPlatform()
              .start(() -> {
                byte[] buffer = new byte[Tun.MTU];
                while (!isClosed) {
                  far.await(2_000_000);
                  int length;
                  while ((length = far.read(buffer, 0)) > 0) {
                    link.send(java.util.Arrays.copyOf(buffer, length));
                  }
                }
              });
    }

    @Override
    public void close() throws InterruptedException {
      isClosed = true;
      reader.join();
      link.close();
    }
  }

  private static final class Source extends ChannelInboundHandlerAdapter {
    private final byte[] chunk = new byte[1 << 16];

    @Override
    public void channelActive(ChannelHandlerContext context) {
      channelWritabilityChanged(context);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      while (context.channel().isWritable()) {
        context.writeAndFlush(Unpooled.wrappedBuffer(chunk));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
