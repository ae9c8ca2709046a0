package dev.weft.derp;

import dev.weft.derp.FrameType.Sender;

/// What precedes each payload: a type byte and the payload's length, big-endian.
///
/// @param length of the payload, within the limits of the type
public record FrameHeader(FrameType type, int length) implements HeaderOutcome {
  /// Bytes of an encoded header.
  public static final int LENGTH = 5;

  /// Bytes of the longest payload of any type, also of types from the future.
  public static final int MAX_PAYLOAD = 1 << 20;

  public FrameHeader {
    if (length < type.minLength() || length > type.maxLength()) {
      throw new IllegalArgumentException("no " + type + " has " + length + " bytes");
    }
  }

  /// A frame that means nothing to this receiver: a type it does not know, or one that the sender
  /// has no say in. Newer versions may send such frames, so they are passed over.
  public record Skip(int length) implements HeaderOutcome {}

  /// Reads a header that `sender` wrote.
  public static HeaderOutcome parse(Sender sender, byte[] b, int offset) {
    int length = Wire.int32(b, offset + 1);
    return parse(sender, b[offset] & 0xff, length);
  }

  /// [#parse(Sender, byte[], int)] of fields that are already read.
  public static HeaderOutcome parse(Sender sender, int code, int length) {
    if (length < 0 || length > MAX_PAYLOAD) {
      return FrameFault.TOO_LONG;
    }
    FrameType type = FrameType.of(code);
    if (type == null || !type.mayComeFrom(sender)) {
      return new Skip(length);
    }
    if (length < type.minLength()) {
      return FrameFault.TOO_SHORT;
    }
    if (length > type.maxLength()) {
      return FrameFault.TOO_LONG;
    }
    return new FrameHeader(type, length);
  }

  public void write(byte[] b, int at) {
    b[at] = (byte) type.code();
    Wire.putInt32(b, at + 1, length);
  }
}
