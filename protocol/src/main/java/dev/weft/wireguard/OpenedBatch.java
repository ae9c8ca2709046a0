package dev.weft.wireguard;

import static dev.weft.wireguard.Messages.TRANSPORT_OVERHEAD;

import dev.weft.base.Datagrams;

/// The packets that came out of a batch of transport messages: what [SessionKey#open] fills and
/// [WireGuard#handleOpened] takes. Whoever opens keeps one and uses it again, or some of them where
/// several batches are under way.
///
/// The packets lie on the heap, at even distances; without padding they are back to back. They are
/// not judged yet: none is to be used before [WireGuard#handleOpened] has seen it.
public final class OpenedBatch {
  /// The most messages opened at once; what Linux gives for one segmented datagram, as a rule.
  public static final int MAX_COUNT = 64;

  /// The length of a packet whose message was not authentic.
  static final int NOT_AUTHENTIC = -1;

  /// A UDP datagram has less, and a segmented one is not longer.
  private static final int MAX_BYTES = 64 << 10;

  private final byte[] packets = new byte[MAX_BYTES];
  private final long[] counters = new long[MAX_COUNT];
  private final int[] lengths = new int[MAX_COUNT];
  private int distance;
  private int count;

  /// How many messages of this length fit; at least one.
  static int most(int messageLength) {
    return Math.clamp(MAX_BYTES / messageLength, 1, MAX_COUNT);
  }

  /// Makes it ready for the messages of a batch.
  void begin(Datagrams sealed) {
    if (sealed.count() > MAX_COUNT) {
      throw new IllegalArgumentException("too many messages at once: " + sealed.count());
    }
    distance = Math.max(sealed.segmentSize() - TRANSPORT_OVERHEAD, 0);
    count = sealed.count();
  }

  void opened(int index, long counter, int length) {
    counters[index] = counter;
    lengths[index] = length;
  }

  int count() {
    return count;
  }

  byte[] array() {
    return packets;
  }

  int offset(int index) {
    return index * distance;
  }

  /// The length of a packet with its padding, or [#NOT_AUTHENTIC].
  int length(int index) {
    return lengths[index];
  }

  long counter(int index) {
    return counters[index];
  }

  @Override
  public String toString() {
    return count + " packets";
  }
}
