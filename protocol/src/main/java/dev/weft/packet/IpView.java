package dev.weft.packet;

import dev.weft.base.Ip;

/// An IPv4 or IPv6 packet in place, with the transport header found.
///
/// Of IPv6's extension headers only Fragment is understood, and only directly after the base
/// header, as the real client does (`docs/protocol/dataplane.md` §6.2); any other next-header value
/// is reported as the protocol.
public final class IpView {
  /// The smallest IPv6 header; the smallest IPv4 one is half of it.
  public static final int V6_HEADER = 40;

  public static final int V4_HEADER = 20;
  static final int FRAGMENT_HEADER = 8;

  /// A later fragment below this offset (in units of 8 bytes) overlaps the longest transport
  /// header, TCP with all its options.
  private static final int SMALLEST_LATER_FRAGMENT = 10;

  private static final int V4_TOTAL_LENGTH = 2;
  private static final int V4_ID = 4;
  private static final int V4_FRAGMENT = 6;
  private static final int V4_TTL = 8;
  private static final int V4_PROTOCOL = 9;
  private static final int V4_SOURCE = 12;
  private static final int V4_DESTINATION = 16;
  private static final int V6_PAYLOAD_LENGTH = 4;
  private static final int V6_NEXT_HEADER = 6;
  private static final int V6_HOP_LIMIT = 7;
  private static final int V6_SOURCE = 8;
  private static final int V6_DESTINATION = 24;
  private static final long MAPPED = 0xffff_0000_0000L;
  private static final int MORE_FRAGMENTS_V4 = 0x2000;
  private static final int DONT_FRAGMENT_V4 = 0x4000;

  private byte[] array = new byte[0];
  private int offset;
  private int totalLength;
  private int transport;
  private int protocol;
  private boolean v4;
  private boolean isQuoted;
  private int fragmentOffset;
  private boolean moreFragments;
  private int fragmentId;

  /// Lays the view over one packet. Bytes after the packet's own total length are ignored:
  /// WireGuard pads (`docs/protocol/dataplane.md` §1.6).
  public PacketCheck wrap(byte[] a, int at, int length) {
    isQuoted = false;
    return wrapAny(a, at, length);
  }

  /// Lays the view over the beginning of a packet, as an ICMP error quotes it: its end may be
  /// missing, and the total length is then that of what is there.
  public PacketCheck wrapQuoted(byte[] a, int at, int length) {
    isQuoted = true;
    return wrapAny(a, at, length);
  }

  private PacketCheck wrapAny(byte[] a, int at, int length) {
    if (length < V4_HEADER) {
      return PacketCheck.TRUNCATED;
    }
    array = a;
    offset = at;
    return switch (a[at] >>> 4 & 0xf) {
      case 4 -> wrapV4(length);
      case 6 -> wrapV6(length);
      default -> PacketCheck.BAD_VERSION;
    };
  }

  private PacketCheck wrapV4(int length) {
    int header = (array[offset] & 0xf) * 4;
    int total = Wire.u16(array, offset + V4_TOTAL_LENGTH);
    if (header < V4_HEADER) {
      return PacketCheck.BAD_HEADER_LENGTH;
    }
    if (total < header) {
      return PacketCheck.BAD_LENGTH;
    }
    if (total > length && isQuoted && header <= length) {
      total = length;
    }
    if (total > length) {
      return PacketCheck.TRUNCATED;
    }
    int fragment = Wire.u16(array, offset + V4_FRAGMENT);
    v4 = true;
    totalLength = total;
    transport = header;
    protocol = Wire.u8(array, offset + V4_PROTOCOL);
    fragmentOffset = fragment & 0x1fff;
    moreFragments = (fragment & MORE_FRAGMENTS_V4) != 0;
    fragmentId = Wire.u16(array, offset + V4_ID);
    return checkFragment();
  }

  private PacketCheck wrapV6(int length) {
    if (length < V6_HEADER) {
      return PacketCheck.TRUNCATED;
    }
    int payload = Wire.u16(array, offset + V6_PAYLOAD_LENGTH);
    if (payload > length - V6_HEADER && isQuoted) {
      payload = length - V6_HEADER;
    }
    if (payload > length - V6_HEADER) {
      return PacketCheck.TRUNCATED;
    }
    v4 = false;
    totalLength = V6_HEADER + payload;
    transport = V6_HEADER;
    protocol = Wire.u8(array, offset + V6_NEXT_HEADER);
    fragmentOffset = 0;
    moreFragments = false;
    fragmentId = 0;
    if (isMapped(sourceHigh(), sourceLow()) || isMapped(destinationHigh(), destinationLow())) {
      return PacketCheck.MAPPED_ADDRESS;
    }
    return protocol == IpProtocol.FRAGMENT ? wrapFragmentHeader() : PacketCheck.VALID;
  }

  private static boolean isMapped(long high, long low) {
    return high == 0 && low >>> 32 == 0xffff;
  }

  /// RFC 8200 §4.5.
  private PacketCheck wrapFragmentHeader() {
    if (totalLength < V6_HEADER + FRAGMENT_HEADER) {
      return PacketCheck.TRUNCATED;
    }
    int at = offset + V6_HEADER;
    int field = Wire.u16(array, at + 2);
    protocol = Wire.u8(array, at);
    transport = V6_HEADER + FRAGMENT_HEADER;
    fragmentOffset = field >>> 3;
    moreFragments = (field & 1) != 0;
    fragmentId = Wire.i32(array, at + 4);
    return checkFragment();
  }

  private PacketCheck checkFragment() {
    if (fragmentOffset != 0) {
      return fragmentOffset < SMALLEST_LATER_FRAGMENT
          ? PacketCheck.JUNK_FRAGMENT
          : PacketCheck.VALID;
    }
    boolean headerMissing = moreFragments && transportLength() < smallestTransportHeader();
    return headerMissing ? PacketCheck.JUNK_FRAGMENT : PacketCheck.VALID;
  }

  private int smallestTransportHeader() {
    return switch (protocol) {
      case IpProtocol.TCP -> {
        int at = offset + transport;
        yield transportLength() < TcpView.HEADER
            ? TcpView.HEADER
            : (array[at + 12] >>> 4 & 0xf) * 4;
      }
      case IpProtocol.UDP, IpProtocol.ICMP_V4, IpProtocol.ICMP_V6 -> UdpView.HEADER;
      default -> 0;
    };
  }

  public boolean isV4() {
    return v4;
  }

  public byte[] array() {
    return array;
  }

  public int offset() {
    return offset;
  }

  /// The length of the packet by its own header.
  public int totalLength() {
    return totalLength;
  }

  /// The header and the extension header understood.
  public int headerLength() {
    return transport;
  }

  /// The protocol of what follows the headers; for a fragment, that of the whole.
  public int protocol() {
    return protocol;
  }

  /// Where the transport header, or a later fragment's data, starts in the array.
  public int transportOffset() {
    return offset + transport;
  }

  public int transportLength() {
    return totalLength - transport;
  }

  public boolean isFragment() {
    return fragmentOffset != 0 || moreFragments;
  }

  /// A fragment without the transport header.
  public boolean isLaterFragment() {
    return fragmentOffset != 0;
  }

  public boolean hasMoreFragments() {
    return moreFragments;
  }

  /// The place of this fragment's data in the whole, in bytes.
  public int fragmentByteOffset() {
    return fragmentOffset * 8;
  }

  public int fragmentId() {
    return fragmentId;
  }

  public boolean dontFragment() {
    return !v4 || (Wire.u16(array, offset + V4_FRAGMENT) & DONT_FRAGMENT_V4) != 0;
  }

  /// TOS or traffic class: DSCP and ECN.
  public int trafficClass() {
    return v4 ? Wire.u8(array, offset + 1) : Wire.u16(array, offset) >>> 4 & 0xff;
  }

  /// TTL or hop limit.
  public int hopLimit() {
    return Wire.u8(array, offset + (v4 ? V4_TTL : V6_HOP_LIMIT));
  }

  public long sourceHigh() {
    return v4 ? 0 : Wire.i64(array, offset + V6_SOURCE);
  }

  public long sourceLow() {
    return low(V4_SOURCE, V6_SOURCE);
  }

  public long destinationHigh() {
    return v4 ? 0 : Wire.i64(array, offset + V6_DESTINATION);
  }

  public long destinationLow() {
    return low(V4_DESTINATION, V6_DESTINATION);
  }

  private long low(int v4At, int v6At) {
    return v4
        ? MAPPED | Wire.i32(array, offset + v4At) & 0xffffffffL
        : Wire.i64(array, offset + v6At + 8);
  }

  public Ip source() {
    return v4 ? Ip.v4(Wire.i32(array, offset + V4_SOURCE)) : Ip.v6(sourceHigh(), sourceLow());
  }

  public Ip destination() {
    return v4
        ? Ip.v4(Wire.i32(array, offset + V4_DESTINATION))
        : Ip.v6(destinationHigh(), destinationLow());
  }

  /// Whether the IPv4 header is intact; IPv6 has no checksum of its own.
  public boolean checksumValid() {
    return !v4 || Checksum.isIntact(Checksum.sum(array, offset, (array[offset] & 0xf) * 4));
  }

  /// Whether a TCP, UDP or ICMP message is intact. Not for fragments: their sum covers the whole.
  public boolean transportChecksumValid() {
    long sum = Checksum.sum(array, transportOffset(), transportLength());
    return switch (protocol) {
      case IpProtocol.ICMP_V4 -> Checksum.isIntact(sum);
      case IpProtocol.UDP -> udpIntact(sum);
      default -> Checksum.isIntact(sum + pseudoHeader(transportLength()));
    };
  }

  /// A UDP checksum of zero means none over IPv4 (RFC 768) and is an error over IPv6 (RFC 8200
  /// §8.1).
  private boolean udpIntact(long sum) {
    if (transportLength() < UdpView.HEADER) {
      return false;
    }
    if (Wire.u16(array, transportOffset() + UdpView.CHECKSUM) == 0) {
      return v4;
    }
    return Checksum.isIntact(sum + pseudoHeader(transportLength()));
  }

  private long pseudoHeader(int length) {
    return Checksum.pseudoHeader(
        sourceHigh(), sourceLow(), destinationHigh(), destinationLow(), protocol, length);
  }
}
