package dev.weft.stun;

import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import org.jspecify.annotations.Nullable;

/// "I see you at [#mapped]."
public record BindingResponse(TransactionId id, Endpoint mapped) implements ResponseOutcome {
  private static final int TYPE = 0x0101;
  private static final int FAMILY_V4 = 1;
  private static final int FAMILY_V6 = 2;

  /// Reserved byte, family and port, before the address (RFC 8489 §14.1).
  private static final int ADDRESS_AT = 4;

  /// An IPv4 source that a dual-stack socket shows as IPv4-mapped IPv6 is answered as IPv4.
  public BindingResponse {
    mapped = new Endpoint(mapped.ip().unmap(), mapped.port());
  }

  /// XOR-MAPPED-ADDRESS alone: no SOFTWARE that would tell our version, no FINGERPRINT.
  public byte[] encode() {
    byte[] address = mapped.ip().toBytes();
    int valueLength = ADDRESS_AT + address.length;
    int attributesLength = Stun.ATTRIBUTE_HEADER_LENGTH + valueLength;
    byte[] b = new byte[Stun.HEADER_LENGTH + attributesLength];
    Stun.writeHeader(b, TYPE, attributesLength, id);
    int at = Stun.HEADER_LENGTH;
    Stun.putInt16(b, at, Stun.XOR_MAPPED_ADDRESS);
    Stun.putInt16(b, at + 2, valueLength);
    b[at + 5] = (byte) (address.length == 4 ? FAMILY_V4 : FAMILY_V6);
    Stun.putInt16(b, at + 6, mapped.port() ^ (Stun.MAGIC_COOKIE >>> 16));
    for (int i = 0; i < address.length; i++) {
      // RFC 8489 §14.2: the pad is the cookie followed by the transaction id, as in the header.
      b[at + 8 + i] = (byte) (address[i] ^ b[Stun.COOKIE_AT + i]);
    }
    return b;
  }

  /// Reads an answer at a node. XOR-MAPPED-ADDRESS wins over the plain MAPPED-ADDRESS of servers
  /// that predate RFC 5389.
  public static ResponseOutcome parse(byte[] b, int offset, int length) {
    if (!Stun.isStun(b, offset, length)) {
      return StunDrop.NOT_STUN;
    }
    if (Stun.int16(b, offset + Stun.TYPE_AT) != TYPE) {
      return StunDrop.UNEXPECTED_TYPE;
    }
    int attributesLength = Stun.int16(b, offset + Stun.LENGTH_AT);
    if (attributesLength > length - Stun.HEADER_LENGTH) {
      return StunDrop.MALFORMED;
    }
    Endpoint xored = null;
    Endpoint plain = null;
    int from = offset + Stun.HEADER_LENGTH;
    Attributes attributes = new Attributes(b, from, from + attributesLength);
    while (attributes.next()) {
      switch (attributes.type()) {
        case Stun.XOR_MAPPED_ADDRESS, Stun.XOR_MAPPED_ADDRESS_OPTIONAL -> {
          xored = address(b, offset, attributes, true);
          if (xored == null) {
            return StunDrop.MALFORMED;
          }
        }
        case Stun.MAPPED_ADDRESS -> {
          plain = address(b, offset, attributes, false);
          if (plain == null) {
            return StunDrop.MALFORMED;
          }
        }
        default -> {
          // RFC 8489 §14: what is not understood here adds nothing to the address.
        }
      }
    }
    if (attributes.isMalformed()) {
      return StunDrop.MALFORMED;
    }
    Endpoint mapped = xored != null ? xored : plain;
    return mapped == null
        ? StunDrop.NO_ADDRESS
        : new BindingResponse(TransactionId.read(b, offset + Stun.TRANSACTION_ID_AT), mapped);
  }

  private static @Nullable Endpoint address(byte[] b, int message, Attributes at, boolean xored) {
    if (at.valueLength() < ADDRESS_AT) {
      return null;
    }
    int size =
        switch (b[at.valueAt() + 1]) {
          case FAMILY_V4 -> 4;
          case FAMILY_V6 -> 16;
          default -> 0;
        };
    if (size == 0 || at.valueLength() - ADDRESS_AT < size) {
      return null;
    }
    int port = Stun.int16(b, at.valueAt() + 2);
    byte[] address = new byte[size];
    System.arraycopy(b, at.valueAt() + ADDRESS_AT, address, 0, size);
    if (xored) {
      port ^= Stun.MAGIC_COOKIE >>> 16;
      for (int i = 0; i < size; i++) {
        address[i] ^= b[message + Stun.COOKIE_AT + i];
      }
    }
    return new Endpoint(Ip.ofBytes(address, 0, size), port);
  }
}
