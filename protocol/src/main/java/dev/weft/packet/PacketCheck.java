package dev.weft.packet;

/// What a view found when it was laid over bytes. Everything but [#VALID] is a reason to drop the
/// packet.
public enum PacketCheck {
  VALID,
  /// Fewer bytes than the header, or than the lengths in it, ask for.
  TRUNCATED,
  /// Neither IPv4 nor IPv6.
  BAD_VERSION,
  /// A header length field smaller than the fixed header.
  BAD_HEADER_LENGTH,
  /// A total or payload length that contradicts the header.
  BAD_LENGTH,
  /// IPv6 with an IPv4-mapped address, which never stands on a wire (RFC 4291 §2.5.5.2): to us it
  /// would be one packet of two families.
  MAPPED_ADDRESS,
  /// A later fragment so early that it could rewrite the transport header of the first, or a first
  /// one without that header.
  JUNK_FRAGMENT,
  /// A TCP option whose length runs out of the header.
  BAD_OPTION
}
