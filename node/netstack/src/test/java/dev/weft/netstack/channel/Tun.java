package dev.weft.netstack.channel;

import dev.weft.base.Ip;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A TUN device in a network namespace of its own, which only one thread of this process is in.
/// Sockets that this thread opens are those of the Linux kernel behind the device.
@SuppressWarnings({"restricted", "try"}) // Native calls, to open the device; close() may wait.
final class Tun implements AutoCloseable {
  static final int MTU = 1280;

  private static final int CLONE_NEWNET = 0x40000000;
  private static final int O_RDWR = 2;
  private static final int O_NONBLOCK = 0x800;
  private static final int TUNSETIFF = 0x400454ca;
  private static final short IFF_TUN_NO_PI = 0x1001;
  private static final short POLLIN = 1;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle UNSHARE = libc("unshare", ValueLayout.JAVA_INT);
  private static final MethodHandle OPEN =
      variadic("open", ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
  private static final MethodHandle IOCTL =
      variadic("ioctl", ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS);
  private static final MethodHandle PPOLL =
      libc(
          "ppoll",
          ValueLayout.ADDRESS,
          ValueLayout.JAVA_LONG,
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS);
  private static final MethodHandle READ =
      libc("read", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
  private static final MethodHandle WRITE =
      libc("write", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
  private static final MethodHandle EVENTFD =
      libc("eventfd", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
  private static final MethodHandle CLOSE = libc("close", ValueLayout.JAVA_INT);

  private final ExecutorService inside = Executors.newSingleThreadExecutor();
  private final Arena arena = Arena.ofShared();
  private final MemorySegment out = arena.allocate(MTU);
  private final MemorySegment in = arena.allocate(MTU);
  private final MemorySegment poll = arena.allocate(16);
  private final MemorySegment one = arena.allocate(8, 8);
  private final MemorySegment woken = arena.allocate(8, 8);
  private final MemorySegment timeout = arena.allocate(16, 8);
  private final String v4;
  private final String network4;
  private final int fd;
  private final int waker;

  static boolean isPossible() {
    return "root".equals(System.getProperty("user.name"))
        && Files.isWritable(Path.of("/dev/net/tun"));
  }

  /// @param v4 the kernel's addresses; the networks around them are behind the device
  Tun(Ip v4, Ip v6) throws Exception {
    this.v4 = v4.toString();
    network4 = this.v4.substring(0, this.v4.lastIndexOf('.')) + ".0/24";
    fd = inside(() -> enterNamespace(v4, v6));
    poll.set(ValueLayout.JAVA_INT, 0, fd);
    poll.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
    waker = require(eventfd(), "eventfd");
    poll.set(ValueLayout.JAVA_INT, 8, waker);
    poll.set(ValueLayout.JAVA_SHORT, 12, POLLIN);
    one.set(ValueLayout.JAVA_LONG, 0, 1);
  }

  private int enterNamespace(Ip v4, Ip v6) throws Exception {
    require(unshare(), "unshare");
    int device = require(open(), "open tun");
    MemorySegment request = arena.allocate(40);
    request.setString(0, "weft0");
    request.set(ValueLayout.JAVA_SHORT, 16, IFF_TUN_NO_PI);
    require(setInterface(device, request), "TUNSETIFF");
    run("ip", "link", "set", "lo", "up");
    run("ip", "addr", "add", v4 + "/24", "dev", "weft0");
    run("ip", "-6", "addr", "add", v6 + "/64", "dev", "weft0", "nodad");
    run("ip", "link", "set", "weft0", "mtu", Integer.toString(MTU), "up");
    run("ip", "link", "set", "weft0", "txqueuelen", "5000");
    return device;
  }

  /// Runs a task on the thread whose network is the kernel's side.
  <T> Future<T> start(Callable<T> task) {
    return inside.submit(task);
  }

  <T> T inside(Callable<T> task) throws ExecutionException, InterruptedException, TimeoutException {
    return start(task).get(30, TimeUnit.SECONDS);
  }

  /// Which congestion control IPv4 sockets of the namespace use from now on. By the route: the
  /// namespace's default may only be one that the machine lets everybody use.
  void useCongestionControl(String name) throws Exception {
    inside(
        () -> run("ip", "route", "replace", network4, "dev", "weft0", "src", v4, "congctl", name));
  }

  /// Runs a program where the calling thread is, and returns what it printed.
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

  /// Waits until a packet can be read or somebody wakes us, but not longer than `nanos`.
  void await(long nanos) {
    timeout.set(ValueLayout.JAVA_LONG, 0, nanos / 1_000_000_000);
    timeout.set(ValueLayout.JAVA_LONG, 8, nanos % 1_000_000_000);
    try {
      int _ = (int) PPOLL.invokeExact(poll, 2L, timeout, MemorySegment.NULL);
      if ((poll.get(ValueLayout.JAVA_SHORT, 14) & POLLIN) != 0) {
        int _ = (int) READ.invokeExact(waker, woken, 8L);
      }
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Ends an [#await]. From any thread.
  void wake() {
    try {
      int _ = (int) WRITE.invokeExact(waker, one, 8L);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Reads one packet; returns its length, or a negative number when there is none. One reader.
  int read(byte[] target, int offset) {
    int length;
    try {
      length = (int) READ.invokeExact(fd, in, (long) MTU);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    if (length > 0) {
      MemorySegment.copy(in, ValueLayout.JAVA_BYTE, 0, target, offset, length);
    }
    return length;
  }

  /// One writer.
  void write(byte[] packet, int offset, int length) {
    MemorySegment.copy(packet, offset, out, ValueLayout.JAVA_BYTE, 0, length);
    try {
      int _ = (int) WRITE.invokeExact(fd, out, (long) length);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Nobody reads or writes any more.
  @Override
  public void close() throws Exception {
    inside(() -> {
      try {
        int _ = (int) CLOSE.invokeExact(waker);
        return (int) CLOSE.invokeExact(fd);
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    });
    inside.shutdown();
    inside.awaitTermination(5, TimeUnit.SECONDS);
    arena.close();
  }

  private static int eventfd() {
    try {
      return (int) EVENTFD.invokeExact(0, O_NONBLOCK);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static int unshare() {
    try {
      return (int) UNSHARE.invokeExact(CLONE_NEWNET);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private int open() {
    try {
      MemorySegment path = arena.allocateFrom("/dev/net/tun");
      return (int) OPEN.invokeExact(path, O_RDWR | O_NONBLOCK, 0);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static int setInterface(int device, MemorySegment request) {
    try {
      return (int) IOCTL.invokeExact(device, (long) TUNSETIFF, request);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static MethodHandle libc(String name, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
  }

  private static MethodHandle variadic(String name, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments),
        Linker.Option.firstVariadicArg(2));
  }

  private static int require(int result, String what) throws IOException {
    if (result < 0) {
      throw new IOException(what + " failed");
    }
    return result;
  }
}
