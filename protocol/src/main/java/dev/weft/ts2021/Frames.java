package dev.weft.ts2021;

import static java.nio.charset.StandardCharsets.UTF_8;

/// Headers: a type byte and a big-endian length, in front of everything but the initiation, which
/// has the protocol version before them. `docs/protocol/control.md` §2.3 and §2.4.
public final class Frames {
  /// Bytes of the header of a response, an error and a record.
  public static final int HEADER_BYTES = 3;

  /// Bytes of a record at most, its header included.
  public static final int MAX_RECORD_BYTES = 4096;

  /// Bytes of a whole initiation.
  public static final int INITIATION_BYTES = 101;

  /// Bytes of a whole response.
  public static final int RESPONSE_BYTES = 51;

  /// The text of an error is cut here. The peer is not authenticated yet.
  static final int MAX_ERROR_BYTES = 1024;

  static final int INITIATION = 1;
  static final int RESPONSE = 2;
  static final int ERROR = 3;
  static final int RECORD = 4;

  private Frames() {}

  /// The length of the frame whose header is at `offset`, header included.
  public static int length(byte[] bytes, int offset) {
    return HEADER_BYTES + uint16(bytes, offset + 1);
  }

  /// The frame that refuses a handshake. It is not authenticated.
  public static byte[] error(String text) {
    byte[] utf8 = text.getBytes(UTF_8);
    int length = Math.min(utf8.length, MAX_ERROR_BYTES);
    byte[] frame = new byte[HEADER_BYTES + length];
    putHeader(frame, 0, ERROR, length);
    System.arraycopy(utf8, 0, frame, HEADER_BYTES, length);
    return frame;
  }

  static int type(byte[] bytes, int offset) {
    return bytes[offset];
  }

  static void putHeader(byte[] bytes, int offset, int type, int length) {
    bytes[offset] = (byte) type;
    putUint16(bytes, offset + 1, length);
  }

  static int uint16(byte[] bytes, int offset) {
    return (bytes[offset] & 0xff) << 8 | bytes[offset + 1] & 0xff;
  }

  static void putUint16(byte[] bytes, int offset, int value) {
    bytes[offset] = (byte) (value >>> 8);
    bytes[offset + 1] = (byte) value;
  }

  /// The prologue binds the version that the first header announces (§2.3).
  static byte[] prologue(int version) {
    return ("Tailscale Control Protocol v" + version).getBytes(UTF_8);
  }
}
