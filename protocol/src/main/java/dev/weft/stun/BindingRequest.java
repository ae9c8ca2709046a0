package dev.weft.stun;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;

/// "From where do you see me?"
public record BindingRequest(TransactionId id) implements RequestOutcome {
  /// Every request has this length, and no response to it is longer than 44 bytes: a relay is a
  /// poor amplifier.
  public static final int LENGTH = 40;

  private static final int TYPE = 0x0001;
  private static final byte[] CLIENT_SOFTWARE = "tailnode".getBytes(StandardCharsets.US_ASCII);
  private static final int FINGERPRINT_ATTRIBUTE_LENGTH = 8;
  private static final int FINGERPRINT_XOR = 0x5354554e;

  public byte[] encode() {
    byte[] b = new byte[LENGTH];
    Stun.writeHeader(b, TYPE, LENGTH - Stun.HEADER_LENGTH, id);
    int at = Stun.HEADER_LENGTH;
    Stun.putInt16(b, at, Stun.SOFTWARE);
    Stun.putInt16(b, at + 2, CLIENT_SOFTWARE.length);
    System.arraycopy(CLIENT_SOFTWARE, 0, b, at + 4, CLIENT_SOFTWARE.length);
    at += 4 + CLIENT_SOFTWARE.length;
    Stun.putInt16(b, at, Stun.FINGERPRINT);
    Stun.putInt16(b, at + 2, 4);
    Stun.putInt32(b, at + 4, fingerprint(b, 0, at));
    return b;
  }

  /// Reads a datagram at a relay. Whatever is not a request of a tailnet client is dropped.
  public static RequestOutcome parse(byte[] b, int offset, int length) {
    if (!Stun.isStun(b, offset, length)) {
      return StunDrop.NOT_STUN;
    }
    if (Stun.int16(b, offset + Stun.TYPE_AT) != TYPE) {
      return StunDrop.UNEXPECTED_TYPE;
    }
    // RFC 8489 §14: the header counts all attributes; a request with bytes behind them is not ours.
    if (Stun.int16(b, offset + Stun.LENGTH_AT) != length - Stun.HEADER_LENGTH) {
      return StunDrop.MALFORMED;
    }
    boolean ours = false;
    int end = offset + length;
    Attributes attributes = new Attributes(b, offset + Stun.HEADER_LENGTH, end);
    while (attributes.next()) {
      ours |= attributes.type() == Stun.SOFTWARE && isClientSoftware(b, attributes);
    }
    if (attributes.isMalformed()) {
      return StunDrop.MALFORMED;
    }
    if (!ours) {
      return StunDrop.FOREIGN_SOFTWARE;
    }
    if (attributes.type() != Stun.FINGERPRINT || attributes.valueLength() != 4) {
      return StunDrop.NO_FINGERPRINT;
    }
    int covered = length - FINGERPRINT_ATTRIBUTE_LENGTH;
    if (Stun.int32(b, attributes.valueAt()) != fingerprint(b, offset, covered)) {
      return StunDrop.WRONG_FINGERPRINT;
    }
    return new BindingRequest(TransactionId.read(b, offset + Stun.TRANSACTION_ID_AT));
  }

  private static boolean isClientSoftware(byte[] b, Attributes at) {
    return Arrays.equals(
        b,
        at.valueAt(),
        at.valueAt() + at.valueLength(),
        CLIENT_SOFTWARE,
        0,
        CLIENT_SOFTWARE.length);
  }

  /// RFC 8489 §14.7: CRC-32 of all that precedes the attribute, the header's length already final.
  private static int fingerprint(byte[] b, int offset, int length) {
    CRC32 crc = new CRC32();
    crc.update(b, offset, length);
    return (int) crc.getValue() ^ FINGERPRINT_XOR;
  }
}
