package dev.weft.netstack.channel;

import dev.weft.base.Ip;
import dev.weft.base.Segments;
import dev.weft.netstack.Netstack;
import dev.weft.netstack.NetstackConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/// Our stack with the Linux kernel as its peer.
@SuppressWarnings("try") // close() waits
final class KernelPeer implements AutoCloseable {
  static final Ip KERNEL = Ip.parse("100.64.0.1");
  static final Ip KERNEL6 = Ip.parse("fd7a:115c:a1e0::1");
  static final Ip OURS = Ip.parse("100.64.0.2");
  static final Ip OURS6 = Ip.parse("fd7a:115c:a1e0::2");

  final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  final EventLoop eventLoop = (EventLoop) group.next();
  final Netstack stack;
  final NetstackLoop net;
  final Tun tun;
  final ImpairedLink link;

  KernelPeer(long seed) throws Exception {
    tun = new Tun(KERNEL, KERNEL6);
    long start = System.nanoTime();
    stack = new Netstack(NetstackConfig.DEFAULT, new Random(seed)::nextBytes);
    stack.setAddresses(List.of(OURS, OURS6));
    net =
        new NetstackLoop(
            eventLoop, stack, () -> System.nanoTime() - start, (now, packets) -> toKernel(packets));
    link =
        new ImpairedLink(
            tun, packets -> eventLoop.execute(() -> packets.forEach(this::take)), seed);
  }

  private void take(byte[] packet) {
    net.handlePackets(Segments.single(packet, 0, packet.length));
  }

  private void toKernel(Segments packets) {
    for (int i = 0; i < packets.count(); i++) {
      int at = packets.offset(i);
      link.send(Arrays.copyOfRange(packets.array(), at, at + packets.length(i)));
    }
  }

  @Override
  public void close() throws Exception {
    link.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    tun.close();
  }
}
