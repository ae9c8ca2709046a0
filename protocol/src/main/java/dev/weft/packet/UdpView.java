package dev.weft.packet;

/// A UDP datagram in place (RFC 768).
public final class UdpView {
  public static final int HEADER = 8;
  static final int CHECKSUM = 6;

  private static final int LENGTH = 4;

  private byte[] array = new byte[0];
  private int offset;
  private int length;

  public PacketCheck wrap(byte[] a, int at, int available) {
    if (available < HEADER) {
      return PacketCheck.TRUNCATED;
    }
    int claimed = Wire.u16(a, at + LENGTH);
    if (claimed < HEADER) {
      return PacketCheck.BAD_LENGTH;
    }
    if (claimed > available) {
      return PacketCheck.TRUNCATED;
    }
    array = a;
    offset = at;
    length = claimed;
    return PacketCheck.VALID;
  }

  /// The header of a datagram that an ICMP error quotes: only the ports may be asked for.
  public PacketCheck wrapQuoted(byte[] a, int at, int available) {
    if (available < HEADER) {
      return PacketCheck.TRUNCATED;
    }
    array = a;
    offset = at;
    length = HEADER;
    return PacketCheck.VALID;
  }

  public int sourcePort() {
    return Wire.u16(array, offset);
  }

  public int destinationPort() {
    return Wire.u16(array, offset + 2);
  }

  public int payloadOffset() {
    return offset + HEADER;
  }

  public int payloadLength() {
    return length - HEADER;
  }
}
