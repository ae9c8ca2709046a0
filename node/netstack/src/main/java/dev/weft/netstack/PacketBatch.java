package dev.weft.netstack;

import dev.weft.base.Segments;
import org.jspecify.annotations.Nullable;

/// Gathers packets of one destination and one length into a batch, and hands it on when the next
/// packet does not fit in.
///
/// A shorter packet may end a batch, as segmentation offload allows.
final class PacketBatch {
  /// The kernel sends at most 64 segments and 65,507 bytes at once; the tunnel's overhead must fit
  /// in, too.
  static final int MAX_SEGMENTS = 44;

  private static final int MAX_BYTES = 63_000;

  /// The length of the array of a batch.
  static final int BYTES = 1 << 16;

  private final Loopback loopback;
  private byte[] buffer = new byte[BYTES];
  private Netstack.@Nullable Output out;
  private @Nullable Route route;
  private int used;
  private int count;
  private int segmentSize;
  private boolean isFull;

  PacketBatch(Loopback loopback) {
    this.loopback = loopback;
  }

  void begin(Netstack.Output output) {
    out = output;
  }

  byte[] buffer() {
    return buffer;
  }

  /// See [Netstack#exchange].
  @SuppressWarnings("ReferenceEquality") // the array itself is meant, not what is in it
  boolean exchange(byte[] used, byte[] spare) {
    if (used != buffer || spare.length != BYTES) {
      return false;
    }
    buffer = spare;
    return true;
  }

  /// Room for one packet; returns where in [#buffer], as it is then, it is to be written. It leaves
  /// with the batch.
  int reserve(Route to, int length) {
    boolean joins =
        to == route
            && !isFull
            && length <= segmentSize
            && count < MAX_SEGMENTS
            && used + length <= MAX_BYTES;
    if (!joins) {
      flush();
      route = to;
      segmentSize = length;
    }
    int at = used;
    used += length;
    count++;
    isFull = length < segmentSize;
    return at;
  }

  /// Hands on what was gathered.
  void flush() {
    Route to = route;
    Netstack.Output output = out;
    if (used == 0 || to == null || output == null) {
      return;
    }
    Segments segments = Segments.of(buffer, 0, used, segmentSize);
    used = 0;
    count = 0;
    route = null;
    isFull = false;
    if (to.isLoopback()) {
      loopback.add(segments);
    } else {
      output.transmit(segments);
    }
  }
}
