package dev.weft.runtime.host;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Receives from a UDP socket that has receive offload on: many datagrams of one sender by one
/// call, back to back in memory of the caller's (`udp(7)`, `UDP_GRO`). The descriptor is the
/// caller's, too. One thread uses it.
public final class BatchReceiver {
  // struct msghdr and what it points to, on 64-bit Linux.
  private static final int HEADER_BYTES = 56;
  private static final int NAME = 0;
  private static final int NAME_LENGTH = 8;
  private static final int PARTS = 16;
  private static final int PART_COUNT = 24;
  private static final int CONTROL = 32;
  private static final int CONTROL_LENGTH = 40;
  private static final int PART_BYTES = 16;
  private static final int PART_LENGTH = 8;
  private static final int NAME_BYTES = 28; // struct sockaddr_in6, the longer one
  private static final int CONTROL_BYTES = 64;
  private static final int CONTROL_HEADER = 16; // struct cmsghdr: length, level, type

  private static final int AF_INET = 2;
  private static final int SOL_UDP = 17;
  private static final int UDP_GRO = 104;
  private static final int MSG_DONTWAIT = 0x40;

  private static final ValueLayout.OfShort NETWORK_SHORT =
      JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt NETWORK_INT = JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong NETWORK_LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final int descriptor;
  private final MemorySegment header;
  private final MemorySegment name;
  private final MemorySegment part;
  private final MemorySegment control;
  private final MemorySegment errno;
  private int segmentSize;
  private @Nullable Endpoint source;
  private long sourceHigh;
  private long sourceLow;
  private int sourcePort;

  public BatchReceiver(int descriptor) {
    this.descriptor = descriptor;
    Arena arena = Arena.ofAuto();
    header = arena.allocate(HEADER_BYTES, Long.BYTES);
    name = arena.allocate(NAME_BYTES, Long.BYTES);
    part = arena.allocate(PART_BYTES, Long.BYTES);
    control = arena.allocate(CONTROL_BYTES, Long.BYTES);
    errno = arena.allocate(Libc.CALL_STATE);
    header.set(ADDRESS, NAME, name);
    header.set(ADDRESS, PARTS, part);
    header.set(JAVA_LONG, PART_COUNT, 1);
    header.set(ADDRESS, CONTROL, control);
  }

  /// Whether this system has it, and the JVM may call it: only where the layouts above are those of
  /// the system.
  public static boolean isAvailable() {
    String architecture = System.getProperty("os.arch");
    return System.getProperty("os.name").equals("Linux")
        && (architecture.equals("amd64") || architecture.equals("aarch64"))
        && BatchReceiver.class.getModule().isNativeAccessEnabled();
  }

  /// Another descriptor of the same socket.
  public static int duplicate(int descriptor) throws IOException {
    MemorySegment errno = Arena.ofAuto().allocate(Libc.CALL_STATE);
    int duplicate = Libc.duplicate(errno, descriptor);
    if (duplicate < 0) {
      Libc.failure(errno);
      throw new IOException("no other descriptor");
    }
    return duplicate;
  }

  /// Receives one batch to `offset` of memory outside the heap, for which the rest of the memory is
  /// room. [#segmentSize] and [#source] then describe it.
  ///
  /// @return its length, or -1 when nothing is there
  /// @throws IOException the socket's error, which is gone with it
  public int receive(MemorySegment into, long offset) throws IOException {
    part.set(ADDRESS, 0, into.asSlice(offset));
    part.set(JAVA_LONG, PART_LENGTH, into.byteSize() - offset);
    header.set(JAVA_INT, NAME_LENGTH, NAME_BYTES);
    header.set(JAVA_LONG, CONTROL_LENGTH, CONTROL_BYTES);
    long length = Libc.receive(errno, descriptor, header, MSG_DONTWAIT);
    if (length < 0) {
      return Libc.failure(errno);
    }
    segmentSize = Math.max((int) length, 1);
    readControl();
    readSource();
    return (int) length;
  }

  /// The length of all datagrams of the batch but the last, which may be shorter.
  public int segmentSize() {
    return segmentSize;
  }

  /// Who sent the batch. The same object as long as it is the same sender.
  public Endpoint source() {
    Endpoint known = source;
    if (known == null) {
      throw new IllegalStateException("nothing received");
    }
    return known;
  }

  private void readControl() {
    long length = header.get(JAVA_LONG, CONTROL_LENGTH);
    if (length >= CONTROL_HEADER + Integer.BYTES
        && control.get(JAVA_INT, Long.BYTES) == SOL_UDP
        && control.get(JAVA_INT, Long.BYTES + Integer.BYTES) == UDP_GRO) {
      int told = control.get(JAVA_INT, CONTROL_HEADER);
      segmentSize = told > 0 ? told : segmentSize;
    }
  }

  private void readSource() {
    boolean v4 = name.get(JAVA_SHORT, 0) == AF_INET;
    int port = Short.toUnsignedInt(name.get(NETWORK_SHORT, 2));
    long high = v4 ? -1 : name.get(NETWORK_LONG, 8); // -1: no address of IPv6 with a sender
    long low = v4 ? name.get(NETWORK_INT, 4) : name.get(NETWORK_LONG, 16);
    if (source == null || port != sourcePort || low != sourceLow || high != sourceHigh) {
      byte[] address = name.asSlice(v4 ? 4 : 8, v4 ? 4 : 16).toArray(JAVA_BYTE);
      source = new Endpoint(Ip.ofBytes(address, 0, address.length), port);
      sourcePort = port;
      sourceLow = low;
      sourceHigh = high;
    }
  }
}
