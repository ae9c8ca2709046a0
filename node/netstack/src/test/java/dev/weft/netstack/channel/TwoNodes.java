package dev.weft.netstack.channel;

import dev.weft.base.Ip;
import dev.weft.base.Segments;
import dev.weft.netstack.Netstack;
import dev.weft.netstack.NetstackConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Two stacks on one real event loop, each the other's network.
final class TwoNodes implements AutoCloseable {
  static final Ip A = Ip.parse("100.64.0.1");
  static final Ip B = Ip.parse("100.64.0.2");
  static final Ip B6 = Ip.parse("fd7a:115c:a1e0::2");

  final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  final EventLoop eventLoop = (EventLoop) group.next();
  final NetstackLoop a;
  final NetstackLoop b;

  TwoNodes() {
    long start = System.nanoTime();
    Random random = new Random(7);
    a = node(random, start, true);
    b = node(random, start, false);
    a.setAddresses(List.of(A, Ip.parse("fd7a:115c:a1e0::1")));
    b.setAddresses(List.of(B, B6));
  }

  private NetstackLoop node(Random random, long start, boolean first) {
    Netstack stack = new Netstack(NetstackConfig.DEFAULT, random::nextBytes);
    return new NetstackLoop(
        eventLoop,
        stack,
        () -> System.nanoTime() - start,
        (now, packets) -> {
          byte[] copy =
              Arrays.copyOfRange(
                  packets.array(), packets.offset(), packets.offset() + packets.length());
          Segments carried = Segments.of(copy, 0, copy.length, packets.segmentSize());
          eventLoop.execute(() -> (first ? this.b : this.a).handlePackets(carried));
        });
  }

  static InetSocketAddress at(Ip ip, int port) {
    return new InetSocketAddress(ip.toInetAddress(), port);
  }

  static <T> T await(Future<T> future)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.get(10, TimeUnit.SECONDS);
  }

  <T> T onLoop(Callable<T> task) throws InterruptedException, ExecutionException, TimeoutException {
    return await(eventLoop.submit(task));
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
