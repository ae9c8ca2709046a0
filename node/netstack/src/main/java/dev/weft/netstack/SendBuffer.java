package dev.weft.netstack;

import java.nio.ByteBuffer;

/// What the application has written and the peer has not acknowledged.
final class SendBuffer {
  private final ByteRing ring;
  private int start;
  private int end;
  private int limit;

  /// @param first the sequence number of the first byte, ISS + 1
  SendBuffer(BufferPool pool, int first, int limit) {
    this.ring = new ByteRing(pool);
    this.start = first;
    this.end = first;
    this.limit = limit;
  }

  int start() {
    return start;
  }

  /// The sequence number after the last byte written.
  int end() {
    return end;
  }

  int length() {
    return end - start;
  }

  /// How many bytes [#append] would take now, short memory aside.
  int room() {
    return Math.max(0, limit - length());
  }

  void setLimit(int bytes) {
    limit = bytes;
  }

  /// Takes what fits and returns how much. When memory is short that may be less than [#room], even
  /// nothing.
  int append(ByteBuffer source) {
    int length = Math.min(room(), source.remaining());
    while (length > 0 && !ring.reserve(start, end, end + length)) {
      // Rather a small array than none.
      int spare = ring.capacity() - length();
      length = spare > 0 ? Math.min(spare, length - 1) : length / 2;
    }
    if (length > 0) {
      ring.put(end, source, length);
      end += length;
    }
    return length;
  }

  /// Forgets everything before `seq`.
  void acknowledge(int seq) {
    start = Seq.earlier(Seq.later(seq, start), end);
    if (start == end) {
      ring.clear();
    }
  }

  void copy(int seq, byte[] target, int offset, int length) {
    ring.get(seq, target, offset, length);
  }

  void clear() {
    ring.clear();
    start = end;
  }
}
