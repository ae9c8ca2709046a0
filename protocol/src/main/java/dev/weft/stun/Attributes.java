package dev.weft.stun;

/// Walks the attributes of one message (RFC 8489 §14). Borrowed bytes; used inside one call.
///
/// The loop is `while (attributes.next()) …`; afterwards [#isMalformed] tells whether the walk
/// ended because the bytes did.
final class Attributes {
  private final byte[] bytes;
  private final int end;
  private int nextAt;
  private int type = -1;
  private int valueAt;
  private int valueLength;
  private boolean malformed;

  Attributes(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.nextAt = from;
    this.end = to;
  }

  boolean next() {
    if (nextAt == end) {
      return false;
    }
    if (end - nextAt < Stun.ATTRIBUTE_HEADER_LENGTH) {
      malformed = true;
      return false;
    }
    int length = Stun.int16(bytes, nextAt + 2);
    int padded = (length + 3) & ~3;
    int at = nextAt + Stun.ATTRIBUTE_HEADER_LENGTH;
    if (padded > end - at) {
      malformed = true;
      return false;
    }
    type = Stun.int16(bytes, nextAt);
    valueAt = at;
    valueLength = length;
    nextAt = at + padded;
    return true;
  }

  boolean isMalformed() {
    return malformed;
  }

  /// The type of the attribute last visited; -1 before the first.
  int type() {
    return type;
  }

  int valueAt() {
    return valueAt;
  }

  int valueLength() {
    return valueLength;
  }
}
