package dev.weft.dns;

/// Reads a message from front to back. Where the message ends too early or makes no sense it is
/// [#isMalformed] from then on, and every further value is zero or empty.
final class DnsReader {
  private static final int POINTER = 0xc0;

  private final byte[] message;
  private int at;
  private boolean malformed;

  DnsReader(byte[] message) {
    this.message = message;
  }

  boolean isMalformed() {
    return malformed;
  }

  int position() {
    return at;
  }

  void moveTo(int position) {
    at = position;
  }

  int int8() {
    if (malformed || at >= message.length) {
      malformed = true;
      return 0;
    }
    return message[at++] & 0xff;
  }

  int int16() {
    int high = int8();
    return high << 8 | int8();
  }

  long int32() {
    long high = int16();
    return high << 16 | int16();
  }

  /// So many bytes from here on, or none when there are fewer.
  byte[] bytes(int count) {
    if (malformed || count > message.length - at) {
      malformed = true;
      return new byte[0];
    }
    byte[] taken = new byte[count];
    System.arraycopy(message, at, taken, 0, count);
    at += count;
    return taken;
  }

  /// A name, pointers followed (RFC 1035 §4.1.4), with its final dot.
  String name() {
    StringBuilder name = new StringBuilder();
    int behind = -1; // where reading goes on after the first pointer
    int limit = at; // a pointer must lead before this
    int length = 1;
    int label = int8();
    while (label != 0 && !malformed) {
      if ((label & POINTER) == POINTER) {
        int target = (label & ~POINTER) << 8 | int8();
        behind = behind < 0 ? at : behind;
        malformed |= target >= limit;
        limit = target;
        at = malformed ? at : target;
      } else {
        length += label + 1;
        malformed |= label > DnsName.MAX_LABEL || length > DnsName.MAX_NAME;
        for (byte b : bytes(malformed ? 0 : label)) {
          DnsName.appendByte(name, b & 0xff);
        }
        name.append('.');
      }
      label = int8();
    }
    if (behind >= 0 && !malformed) {
      at = behind;
    }
    return name.isEmpty() ? "." : name.toString();
  }
}
