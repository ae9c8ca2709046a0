package dev.weft.netstack;

import java.util.Arrays;

/// The segments that are sent and not acknowledged, in sequence order: when each was last sent, and
/// whether the peer holds it (SACK), it is deemed lost, or it was sent again.
///
/// A segment is known by its end; it starts where the one before ends. The counts follow Linux's
/// picture: what is in the network is `sent - sacked - lost + retransmitted` ([#pipe]).
final class Scoreboard {
  /// More segments than that are not put in flight.
  static final int MAX_SEGMENTS = 1 << 15;

  private static final int SACKED = 1;
  private static final int LOST = 2;
  private static final int RESENT = 4;

  /// Sent more than once at any time: its round trip is ambiguous (Karn).
  private static final int EVER_RESENT = 8;

  private int[] ends = new int[16];
  private long[] sentAt = new long[16];
  private byte[] flags = new byte[16];
  private int head;
  private int count;
  private int start;
  private int sackedBytes;
  private int sackedSegments;
  private int lostBytes;
  private int resentBytes;

  Scoreboard(int first) {
    start = first;
  }

  int size() {
    return count;
  }

  boolean isEmpty() {
    return count == 0;
  }

  boolean isFull() {
    return count >= MAX_SEGMENTS;
  }

  /// SND.UNA.
  int start() {
    return start;
  }

  int end() {
    return count == 0 ? start : ends[at(count - 1)];
  }

  int sackedBytes() {
    return sackedBytes;
  }

  int sackedSegments() {
    return sackedSegments;
  }

  boolean hasLost() {
    return lostBytes > 0;
  }

  /// Nothing is sacked, lost or resent: acknowledgments come as they should.
  boolean isClean() {
    return (sackedBytes | lostBytes | resentBytes) == 0;
  }

  /// Bytes believed to be in the network.
  int pipe() {
    return end() - start - sackedBytes - lostBytes + resentBytes;
  }

  void sent(int end, long now) {
    if (count == ends.length) {
      grow();
    }
    int i = at(count++);
    ends[i] = end;
    sentAt[i] = now;
    flags[i] = 0;
  }

  int startOf(int index) {
    return index == 0 ? start : ends[at(index - 1)];
  }

  int endOf(int index) {
    return ends[at(index)];
  }

  long sentAt(int index) {
    return sentAt[at(index)];
  }

  int lengthOf(int index) {
    return endOf(index) - startOf(index);
  }

  boolean isSacked(int index) {
    return (flags[at(index)] & SACKED) != 0;
  }

  boolean isLost(int index) {
    return (flags[at(index)] & LOST) != 0;
  }

  /// A retransmission of it may still arrive.
  boolean isResent(int index) {
    return (flags[at(index)] & RESENT) != 0;
  }

  boolean wasEverResent(int index) {
    return (flags[at(index)] & EVER_RESENT) != 0;
  }

  void markSacked(int index) {
    int i = at(index);
    int length = lengthOf(index);
    uncount(flags[i], length);
    flags[i] = (byte) (flags[i] & EVER_RESENT | SACKED);
    sackedBytes += length;
    sackedSegments++;
  }

  /// Lost, and its retransmission, when there was one, too.
  void markLost(int index) {
    int i = at(index);
    int length = lengthOf(index);
    uncount(flags[i], length);
    flags[i] = (byte) (flags[i] & EVER_RESENT | LOST);
    lostBytes += length;
  }

  void markResent(int index, long now) {
    int i = at(index);
    if ((flags[i] & RESENT) == 0) {
      resentBytes += lengthOf(index);
    }
    flags[i] |= RESENT | EVER_RESENT;
    sentAt[i] = now;
  }

  /// Every segment that the peer does not hold is lost: a retransmission timeout.
  void markAllLost() {
    for (int i = 0; i < count; i++) {
      if (!isSacked(i)) {
        markLost(i);
      }
    }
  }

  /// The peer may have thrown away what it had sacked (RFC 2018 §8).
  void forgetSacked() {
    for (int i = 0; i < count; i++) {
      int at = at(i);
      if ((flags[at] & SACKED) != 0) {
        uncount(flags[at], lengthOf(i));
        flags[at] &= (byte) ~SACKED;
      }
    }
  }

  /// The first lost segment that was not sent again, or -1.
  int nextLost(int from) {
    for (int i = from; i < count; i++) {
      if ((flags[at(i)] & (LOST | RESENT)) == LOST) {
        return i;
      }
    }
    return -1;
  }

  /// The first segment that starts at or after `seq`, or the number of segments.
  int firstFrom(int seq) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Seq.before(startOf(middle), seq)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// Drops the first segment, which is acknowledged as a whole.
  void removeFirst() {
    uncount(flags[head], lengthOf(0));
    start = ends[head];
    head = head + 1 & ends.length - 1;
    if (--count == 0 && ends.length > 1024) {
      // An idle connection should not hold what a burst needed.
      ends = new int[16];
      sentAt = new long[16];
      flags = new byte[16];
      head = 0;
    }
  }

  /// Acknowledges a part of the first segment.
  void trimFirst(int seq) {
    int f = flags[head];
    int bytes = seq - start;
    if ((f & SACKED) != 0) {
      sackedBytes -= bytes;
    }
    if ((f & LOST) != 0) {
      lostBytes -= bytes;
    }
    if ((f & RESENT) != 0) {
      resentBytes -= bytes;
    }
    start = seq;
  }

  private void uncount(int f, int length) {
    if ((f & SACKED) != 0) {
      sackedBytes -= length;
      sackedSegments--;
    }
    if ((f & LOST) != 0) {
      lostBytes -= length;
    }
    if ((f & RESENT) != 0) {
      resentBytes -= length;
    }
  }

  private int at(int index) {
    return head + index & ends.length - 1;
  }

  private void grow() {
    int old = ends.length;
    ends = Arrays.copyOf(ends, 2 * old);
    sentAt = Arrays.copyOf(sentAt, 2 * old);
    flags = Arrays.copyOf(flags, 2 * old);
    // The part that had wrapped around moves behind the rest.
    System.arraycopy(ends, 0, ends, old, head);
    System.arraycopy(sentAt, 0, sentAt, old, head);
    System.arraycopy(flags, 0, flags, old, head);
  }
}
