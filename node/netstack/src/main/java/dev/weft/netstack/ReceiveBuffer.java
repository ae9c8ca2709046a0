package dev.weft.netstack;

import java.nio.ByteBuffer;

/// Received bytes: those in order wait for the application, those beyond a hole wait for the hole.
///
/// Both lie in one ring at their final places, so memory never exceeds the window, and filling a
/// hole moves nothing. The number of separate ranges is bounded: a segment that would make one more
/// is refused.
final class ReceiveBuffer {
  /// A sender that overruns a full queue makes several hundred.
  static final int MAX_RANGES = 1024;

  private final ByteRing ring;
  private int read;
  private int next;

  /// Ranges beyond `next`: sorted, disjoint, not touching; `left < right`.
  private int[] left = new int[4];

  private int[] right = new int[4];
  private int ranges;

  /// Left edges of the ranges that changed last, the newest first (RFC 2018 §4).
  private final int[] recent = new int[3];

  private int recents;

  /// A range that arrived twice, to be reported once (RFC 2883); empty when equal.
  private int duplicateLeft;

  private int duplicateRight;

  ReceiveBuffer(BufferPool pool) {
    ring = new ByteRing(pool);
  }

  /// The peer's stream begins.
  ///
  /// @param first the sequence number of the first byte, IRS + 1
  void start(int first) {
    read = first;
    next = first;
  }

  /// RCV.NXT as far as data goes.
  int next() {
    return next;
  }

  int readable() {
    return next - read;
  }

  boolean hasHoles() {
    return ranges > 0;
  }

  /// Adds bytes that lie within `[next, next + window)`.
  ///
  /// @return false when there is no room for them; they are dropped
  boolean add(int seq, byte[] a, int offset, int length) {
    int end = seq + length;
    int highest = ranges == 0 ? next : right[ranges - 1];
    if (!ring.reserve(read, highest, Seq.later(highest, end))) {
      return false;
    }
    if (seq == next) {
      ring.put(seq, a, offset, length);
      next = end;
      if (ranges > 0) {
        absorb();
      }
      return true;
    }
    return addBeyondHole(seq, end, a, offset);
  }

  private boolean addBeyondHole(int seq, int end, byte[] a, int offset) {
    int i = firstReaching(seq);
    boolean joins = i < ranges && Seq.atOrBefore(left[i], end);
    if (joins && Seq.atOrBefore(left[i], seq) && Seq.atOrBefore(end, right[i])) {
      noteDuplicate(seq, end);
      noteRecent(left[i], left[i]);
      return true;
    }
    if (!joins && ranges == MAX_RANGES) {
      return false;
    }
    ring.put(seq, a, offset, end - seq);
    if (joins) {
      join(i, seq, end);
    } else {
      insert(i, seq, end);
    }
    return true;
  }

  /// The first range that ends at or after `seq`: it touches what starts there, or follows.
  private int firstReaching(int seq) {
    int low = 0;
    int high = ranges;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Seq.before(right[middle], seq)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private void insert(int i, int seq, int end) {
    if (ranges == left.length) {
      left = java.util.Arrays.copyOf(left, ranges * 2);
      right = java.util.Arrays.copyOf(right, ranges * 2);
    }
    System.arraycopy(left, i, left, i + 1, ranges - i);
    System.arraycopy(right, i, right, i + 1, ranges - i);
    left[i] = seq;
    right[i] = end;
    ranges++;
    noteRecent(seq, seq);
  }

  private void join(int i, int seq, int end) {
    int oldLeft = left[i];
    left[i] = Seq.earlier(left[i], seq);
    right[i] = Seq.later(right[i], end);
    int last = i;
    while (last + 1 < ranges && Seq.atOrBefore(left[last + 1], right[i])) {
      last++;
      right[i] = Seq.later(right[i], right[last]);
    }
    remove(i + 1, last + 1);
    noteRecent(oldLeft, left[i]);
  }

  private void absorb() {
    int count = 0;
    while (count < ranges && Seq.atOrBefore(left[count], next)) {
      next = Seq.later(next, right[count]);
      count++;
    }
    remove(0, count);
  }

  private void remove(int from, int to) {
    System.arraycopy(left, to, left, from, ranges - to);
    System.arraycopy(right, to, right, from, ranges - to);
    ranges -= to - from;
  }

  private void noteRecent(int oldLeft, int newLeft) {
    int at = 0;
    while (at < recents && recent[at] != oldLeft && recent[at] != newLeft) {
      at++;
    }
    if (at == recents && recents < recent.length) {
      recents++;
    }
    System.arraycopy(recent, 0, recent, 1, Math.min(at, recent.length - 1));
    recent[0] = newLeft;
  }

  /// Remembers a range that had been received before.
  void noteDuplicate(int from, int to) {
    duplicateLeft = from;
    duplicateRight = to;
  }

  boolean hasDuplicate() {
    return duplicateLeft != duplicateRight;
  }

  /// Writes at most `max` SACK blocks as pairs of edges and returns their number: a duplicate first
  /// (RFC 2883 §4), then the range that changed last, then the ones before (RFC 2018 §4).
  int sackBlocks(int[] edges, int max) {
    int count = 0;
    if (hasDuplicate()) {
      edges[0] = duplicateLeft;
      edges[1] = duplicateRight;
      duplicateLeft = duplicateRight;
      count = 1;
    }
    int reported = count;
    for (int r = 0; r < recents && count < max; r++) {
      int i = rangeFrom(recent[r]);
      if (i >= 0 && !isReported(left[i], edges, reported, count)) {
        count = report(i, edges, count);
      }
    }
    // When the recent ones are gone, any others.
    for (int i = 0; i < ranges && count < max; i++) {
      if (!isReported(left[i], edges, reported, count)) {
        count = report(i, edges, count);
      }
    }
    return count;
  }

  private int report(int i, int[] edges, int count) {
    edges[2 * count] = left[i];
    edges[2 * count + 1] = right[i];
    return count + 1;
  }

  private static boolean isReported(int edge, int[] edges, int from, int to) {
    for (int b = from; b < to; b++) {
      if (edges[2 * b] == edge) {
        return true;
      }
    }
    return false;
  }

  private int rangeFrom(int leftEdge) {
    for (int i = 0; i < ranges; i++) {
      if (left[i] == leftEdge) {
        return i;
      }
    }
    return -1;
  }

  /// Moves bytes in order into `target` and returns how many.
  int read(ByteBuffer target) {
    int length = Math.min(readable(), target.remaining());
    if (length > 0) {
      ring.get(read, target, length);
      read += length;
      if (read == next && ranges == 0) {
        ring.clear();
      }
    }
    return length;
  }

  void clear() {
    ring.clear();
    read = next;
    ranges = 0;
    recents = 0;
  }

  int capacity() {
    return ring.capacity();
  }
}
