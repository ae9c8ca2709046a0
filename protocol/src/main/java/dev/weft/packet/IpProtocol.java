package dev.weft.packet;

/// IP protocol numbers (IANA) that a node treats specially.
public final class IpProtocol {
  public static final int HOP_BY_HOP = 0;
  public static final int ICMP_V4 = 1;
  public static final int TCP = 6;
  public static final int UDP = 17;
  public static final int FRAGMENT = 44;
  public static final int ICMP_V6 = 58;

  /// Messages between Tailscale nodes inside the tunnel; a number of "any private encryption
  /// scheme" (`docs/protocol/dataplane.md` §1.8).
  public static final int TSMP = 99;

  public static final int SCTP = 132;

  private IpProtocol() {}
}
