package dev.weft.netstack.channel;

import dev.weft.base.Ip;
import dev.weft.base.Segments;
import dev.weft.netstack.Netstack;
import dev.weft.netstack.NetstackConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Our stack with the Linux kernel as its peer: a TUN device in a network namespace of its own,
/// which only one thread of this process is in. Sockets that this thread opens are the kernel's.
@SuppressWarnings("restricted") // Native calls, to open the device.
final class KernelPeer {
  static final Ip KERNEL = Ip.parse("100.64.0.1");
  static final Ip KERNEL6 = Ip.parse("fd7a:115c:a1e0::1");
  static final Ip OURS = Ip.parse("100.64.0.2");
  static final Ip OURS6 = Ip.parse("fd7a:115c:a1e0::2");

  private static final int CLONE_NEWNET = 0x40000000;
  private static final int O_RDWR = 2;
  private static final int TUNSETIFF = 0x400454ca;
  private static final short IFF_TUN_NO_PI = 0x1001;
  private static final short POLLIN = 1;
  private static final int MAX_PACKET = 1500;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle UNSHARE = libc("unshare", ValueLayout.JAVA_INT);
  private static final MethodHandle OPEN =
      variadic("open", 2, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
  private static final MethodHandle IOCTL =
      variadic("ioctl", 2, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS);
  private static final MethodHandle POLL =
      libc("poll", ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT);
  private static final MethodHandle READ =
      libc("read", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
  private static final MethodHandle WRITE =
      libc("write", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
  private static final MethodHandle CLOSE = libc("close", ValueLayout.JAVA_INT);

  final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  final EventLoop eventLoop = (EventLoop) group.next();
  final Netstack stack;
  final NetstackLoop net;

  private final ExecutorService inside = Executors.newSingleThreadExecutor();
  private final Arena arena = Arena.ofShared();
  private final MemorySegment out = arena.allocate(MAX_PACKET);
  private final Random random;
  private final Thread reader;
  private final int tun;
  private volatile double loss;
  private volatile boolean isClosed;

  static boolean isPossible() {
    return "root".equals(System.getProperty("user.name"))
        && Files.isWritable(Path.of("/dev/net/tun"));
  }

  KernelPeer(long seed) throws Exception {
    random = new Random(seed);
    tun = inside(this::enterNamespace);
    long start = System.nanoTime();
    stack = new Netstack(NetstackConfig.DEFAULT, new Random(seed)::nextBytes);
    stack.setAddresses(List.of(OURS, OURS6));
    net =
        new NetstackLoop(
            eventLoop, stack, () -> System.nanoTime() - start, (now, packets) -> toKernel(packets));
    reader = Thread.ofPlatform().name("tun").start(this::readTun);
  }

  /// From now on, packets are lost both ways.
  void setLoss(double probability) {
    loss = probability;
  }

  /// Runs a task on the thread whose network is the kernel's side.
  <T> Future<T> start(Callable<T> task) {
    return inside.submit(task);
  }

  <T> T inside(Callable<T> task) throws ExecutionException, InterruptedException, TimeoutException {
    return start(task).get(30, TimeUnit.SECONDS);
  }

  private int enterNamespace() throws Exception {
    require(call(UNSHARE, CLONE_NEWNET), "unshare");
    int fd = require(call(OPEN, arena.allocateFrom("/dev/net/tun"), O_RDWR, 0), "open tun");
    MemorySegment request = arena.allocate(40);
    request.setString(0, "weft0");
    request.set(ValueLayout.JAVA_SHORT, 16, IFF_TUN_NO_PI);
    require(call(IOCTL, fd, (long) TUNSETIFF, request), "TUNSETIFF");
    run("ip", "link", "set", "lo", "up");
    run("ip", "addr", "add", "100.64.0.1/24", "dev", "weft0");
    run("ip", "-6", "addr", "add", "fd7a:115c:a1e0::1/64", "dev", "weft0", "nodad");
    run("ip", "link", "set", "weft0", "mtu", "1280", "up");
    return fd;
  }

  /// Runs a program in the namespace and returns what it printed.
  static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + text);
    }
    return text;
  }

  private void toKernel(Segments packets) {
    for (int i = 0; i < packets.count(); i++) {
      if (random.nextDouble() < loss) {
        continue;
      }
      int length = packets.length(i);
      MemorySegment.copy(packets.array(), packets.offset(i), out, ValueLayout.JAVA_BYTE, 0, length);
      call(WRITE, tun, out, (long) length);
    }
  }

  private void readTun() {
    MemorySegment buffer = arena.allocate(MAX_PACKET);
    MemorySegment poll = arena.allocate(8);
    poll.set(ValueLayout.JAVA_INT, 0, tun);
    poll.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
    Random lossy = new Random(random.nextLong());
    while (!isClosed) {
      if (call(POLL, poll, 1L, 20) <= 0) {
        continue;
      }
      int length = call(READ, tun, buffer, (long) MAX_PACKET);
      if (length > 0 && lossy.nextDouble() >= loss) {
        byte[] packet = buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        Segments single = Segments.single(packet, 0, length);
        eventLoop.execute(() -> net.handlePackets(single));
      }
    }
  }

  void close() throws Exception {
    isClosed = true;
    reader.join();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    inside.submit(() -> call(CLOSE, tun));
    inside.shutdown();
    inside.awaitTermination(5, TimeUnit.SECONDS);
    arena.close();
  }

  private static MethodHandle libc(String name, java.lang.foreign.MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
  }

  private static MethodHandle variadic(
      String name, int fixed, java.lang.foreign.MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments),
        Linker.Option.firstVariadicArg(fixed));
  }

  private static int call(MethodHandle function, Object... arguments) {
    try {
      return (int) function.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static int require(int result, String what) throws IOException {
    if (result < 0) {
      throw new IOException(what + " failed");
    }
    return result;
  }
}
