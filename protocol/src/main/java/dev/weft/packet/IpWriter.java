package dev.weft.packet;

/// Writes headers in front of a payload that is already in place.
///
/// The addresses are set once, since a flow keeps them; each call then writes one header and
/// returns how many bytes it took. Both addresses must be of one family, as [IpView] gives them.
public final class IpWriter {
  /// What Linux uses, so that nodes are not told apart by it.
  public static final int HOP_LIMIT = 64;

  private static final int DONT_FRAGMENT = 0x4000;

  private final long sourceHigh;
  private final long sourceLow;
  private final long destHigh;
  private final long destLow;
  private final boolean v4;

  public IpWriter(long sourceHigh, long sourceLow, long destHigh, long destLow) {
    this.sourceHigh = sourceHigh;
    this.sourceLow = sourceLow;
    this.destHigh = destHigh;
    this.destLow = destLow;
    this.v4 = Checksum.isMapped(sourceHigh, sourceLow);
    if (v4 != Checksum.isMapped(destHigh, destLow)) {
      throw new IllegalArgumentException("addresses of two families");
    }
  }

  /// Towards where a packet came from.
  public static IpWriter reply(IpView to) {
    return new IpWriter(to.destinationHigh(), to.destinationLow(), to.sourceHigh(), to.sourceLow());
  }

  public boolean isV4() {
    return v4;
  }

  public int headerLength() {
    return v4 ? IpView.V4_HEADER : IpView.V6_HEADER;
  }

  /// An IPv4 header with DF and ID zero (RFC 6864 §4.1: atomic datagrams need none), or an IPv6
  /// header.
  public int writeHeader(byte[] a, int at, int protocol, int payloadLength) {
    if (v4) {
      writeV4(a, at, protocol, payloadLength, DONT_FRAGMENT, 0);
    } else {
      writeV6(a, at, protocol, payloadLength);
    }
    return headerLength();
  }

  /// A header for one fragment; `byteOffset` is a multiple of eight. IPv6 takes eight bytes more.
  public int writeFragmentHeader(
      byte[] a, int at, int protocol, int payloadLength, int id, int byteOffset, boolean more) {
    if (v4) {
      int field = (more ? 0x2000 : 0) | byteOffset >>> 3;
      writeV4(a, at, protocol, payloadLength, field, id);
      return IpView.V4_HEADER;
    }
    writeV6(a, at, IpProtocol.FRAGMENT, payloadLength + IpView.FRAGMENT_HEADER);
    int extension = at + IpView.V6_HEADER;
    a[extension] = (byte) protocol;
    a[extension + 1] = 0;
    Wire.put16(a, extension + 2, byteOffset | (more ? 1 : 0));
    Wire.put32(a, extension + 4, id);
    return IpView.V6_HEADER + IpView.FRAGMENT_HEADER;
  }

  private void writeV4(byte[] a, int at, int protocol, int payload, int fragment, int id) {
    Wire.put32(a, at, 0x4500_0000 | IpView.V4_HEADER + payload);
    Wire.put32(a, at + 4, id << 16 | fragment);
    Wire.put32(a, at + 8, HOP_LIMIT << 24 | protocol << 16);
    Wire.put32(a, at + 12, (int) sourceLow);
    Wire.put32(a, at + 16, (int) destLow);
    Wire.put16(a, at + 10, Checksum.finish(Checksum.sum(a, at, IpView.V4_HEADER)));
  }

  private void writeV6(byte[] a, int at, int protocol, int payload) {
    Wire.put32(a, at, 0x6000_0000);
    Wire.put32(a, at + 4, payload << 16 | protocol << 8 | HOP_LIMIT);
    Wire.put64(a, at + 8, sourceHigh);
    Wire.put64(a, at + 16, sourceLow);
    Wire.put64(a, at + 24, destHigh);
    Wire.put64(a, at + 32, destLow);
  }

  /// The pseudo header's part of a transport checksum.
  public long pseudoHeader(int protocol, int transportLength) {
    return Checksum.pseudoHeader(
        sourceHigh, sourceLow, destHigh, destLow, protocol, transportLength);
  }

  /// A UDP header over a payload of `payloadLength` bytes at `at + 8`.
  public int writeUdp(byte[] a, int at, int sourcePort, int destPort, int payloadLength) {
    int length = UdpView.HEADER + payloadLength;
    Wire.put32(a, at, sourcePort << 16 | destPort & 0xffff);
    Wire.put32(a, at + 4, length << 16);
    long sum = Checksum.sum(a, at, length) + pseudoHeader(IpProtocol.UDP, length);
    int checksum = Checksum.finish(sum);
    // RFC 768: a computed zero is sent as all ones.
    Wire.put16(a, at + UdpView.CHECKSUM, checksum == 0 ? 0xffff : checksum);
    return UdpView.HEADER;
  }

  /// An ICMP header over a body of `bodyLength` bytes at `at + 8`; `rest` is its second word.
  public int writeIcmp(byte[] a, int at, int type, int code, int rest, int bodyLength) {
    int length = IcmpView.HEADER + bodyLength;
    Wire.put32(a, at, type << 24 | code << 16);
    Wire.put32(a, at + 4, rest);
    long sum = Checksum.sum(a, at, length);
    if (!v4) {
      sum += pseudoHeader(IpProtocol.ICMP_V6, length);
    }
    Wire.put16(a, at + 2, Checksum.finish(sum));
    return IcmpView.HEADER;
  }
}
