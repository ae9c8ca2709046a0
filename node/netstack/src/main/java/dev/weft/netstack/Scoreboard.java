package dev.weft.netstack;

import java.util.Arrays;

/// The segments that are sent and not acknowledged, in sequence order: when each was last sent, and
/// whether the peer holds it (SACK), it is deemed lost, or it was sent again.
///
/// A segment is known by its end; it starts where the one before ends. The counts follow Linux's
/// picture: what is in the network is `sent - sacked - lost + retransmitted` ([#pipe]).
///
/// Those that may still arrive are also linked in the order of their last sending
/// ([#oldestInFlight]), so that loss detection by time looks at those it marks and one more,
/// however many the peer has sacked.
final class Scoreboard {
  /// More segments than that are not put in flight.
  static final int MAX_SEGMENTS = 1 << 15;

  private static final int SACKED = 1;
  private static final int LOST = 2;
  private static final int RESENT = 4;

  /// Sent more than once at any time: its round trip is ambiguous (Karn).
  private static final int EVER_RESENT = 8;

  private static final int FEWEST = 16;
  private static final int NONE = -1;

  private int[] ends = new int[FEWEST];
  private long[] sentAt = new long[FEWEST];
  private byte[] flags = new byte[FEWEST];

  /// The places of the neighbours in the order of sending.
  private int[] earlier = new int[FEWEST];

  private int[] later = new int[FEWEST];
  private int oldest = NONE;
  private int newest = NONE;

  /// No segment before this index waits to be sent again.
  private int firstLost;

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
    link(i);
  }

  /// The index of the segment that was sent longest ago and may still arrive, or -1: neither
  /// sacked, nor lost without having been sent again.
  int oldestInFlight() {
    return oldest == NONE ? NONE : oldest - head & ends.length - 1;
  }

  /// The one that was sent next after `index`, which is in flight, or -1.
  int nextInFlight(int index) {
    int next = later[at(index)];
    return next == NONE ? NONE : next - head & ends.length - 1;
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
    unlinkIfInFlight(i);
    uncount(flags[i], length);
    flags[i] = (byte) (flags[i] & EVER_RESENT | SACKED);
    sackedBytes += length;
    sackedSegments++;
  }

  /// Lost, and its retransmission, when there was one, too.
  void markLost(int index) {
    int i = at(index);
    int length = lengthOf(index);
    unlinkIfInFlight(i);
    uncount(flags[i], length);
    flags[i] = (byte) (flags[i] & EVER_RESENT | LOST);
    lostBytes += length;
    firstLost = Math.min(firstLost, index);
  }

  /// It was not lost after all, and neither sacked nor sent again.
  void markFound(int index) {
    int i = at(index);
    lostBytes -= lengthOf(index);
    flags[i] &= (byte) ~LOST;
    linkByTime(i);
  }

  void markResent(int index, long now) {
    int i = at(index);
    unlinkIfInFlight(i);
    if ((flags[i] & RESENT) == 0) {
      resentBytes += lengthOf(index);
    }
    flags[i] |= RESENT | EVER_RESENT;
    sentAt[i] = now;
    link(i);
  }

  /// Every segment that the peer does not hold is lost: they were too long for the path.
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
        link(at); // Not in its place by time: whoever asks for this marks all as lost.
      }
    }
  }

  /// The first lost segment that was not sent again, or -1.
  int nextLost() {
    for (int i = firstLost; i < count; i++) {
      if ((flags[at(i)] & (LOST | RESENT)) == LOST) {
        firstLost = i;
        return i;
      }
    }
    firstLost = count;
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
    unlinkIfInFlight(head);
    uncount(flags[head], lengthOf(0));
    start = ends[head];
    head = head + 1 & ends.length - 1;
    firstLost = Math.max(0, firstLost - 1);
    if (--count == 0 && ends.length > 1024) {
      // An idle connection should not hold what a burst needed.
      ends = new int[FEWEST];
      sentAt = new long[FEWEST];
      flags = new byte[FEWEST];
      earlier = new int[FEWEST];
      later = new int[FEWEST];
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

  // The order of sending.

  private void link(int place) {
    earlier[place] = newest;
    later[place] = NONE;
    if (newest == NONE) {
      oldest = place;
    } else {
      later[newest] = place;
    }
    newest = place;
  }

  private void linkByTime(int place) {
    int before = newest;
    while (before != NONE && sentAt[before] > sentAt[place]) {
      before = earlier[before];
    }
    if (before == newest) {
      link(place);
      return;
    }
    int after = before == NONE ? oldest : later[before];
    earlier[place] = before;
    later[place] = after;
    earlier[after] = place;
    if (before == NONE) {
      oldest = place;
    } else {
      later[before] = place;
    }
  }

  private void unlinkIfInFlight(int place) {
    int f = flags[place];
    if ((f & SACKED) != 0 || (f & (LOST | RESENT)) == LOST) {
      return;
    }
    int before = earlier[place];
    int after = later[place];
    if (before == NONE) {
      oldest = after;
    } else {
      later[before] = after;
    }
    if (after == NONE) {
      newest = before;
    } else {
      earlier[after] = before;
    }
  }

  private void grow() {
    int old = ends.length;
    ends = Arrays.copyOf(ends, 2 * old);
    sentAt = Arrays.copyOf(sentAt, 2 * old);
    flags = Arrays.copyOf(flags, 2 * old);
    earlier = Arrays.copyOf(earlier, 2 * old);
    later = Arrays.copyOf(later, 2 * old);
    // The part that had wrapped around moves behind the rest.
    System.arraycopy(ends, 0, ends, old, head);
    System.arraycopy(sentAt, 0, sentAt, old, head);
    System.arraycopy(flags, 0, flags, old, head);
    System.arraycopy(earlier, 0, earlier, old, head);
    System.arraycopy(later, 0, later, old, head);
    for (int i = head; i < head + old; i++) {
      earlier[i] = moved(earlier[i], old);
      later[i] = moved(later[i], old);
    }
    oldest = moved(oldest, old);
    newest = moved(newest, old);
  }

  private int moved(int place, int old) {
    return place >= 0 && place < head ? place + old : place;
  }
}
