package dev.weft.disco;

/// The header of packets that travel through a peer relay (`docs/protocol/dataplane.md` §2.4, RFC
/// 8926): version 0, no options, protocol disco or WireGuard.
public final class Geneve {
  public static final int HEADER = 8;
  public static final int PROTOCOL_DISCO = 0x7a11;
  public static final int PROTOCOL_WIREGUARD = 0x7a12;
  public static final int MAX_VNI = 0xff_ffff;

  private static final int CONTROL_BIT = 0x80;

  private Geneve() {}

  /// Whether a packet from a UDP socket is ours in Geneve. Naked WireGuard cannot be taken for it:
  /// there, bytes 1 to 3 are zero.
  public static boolean looksLikeGeneve(byte[] array, int offset, int length) {
    if (length < HEADER
        || (array[offset] & 0xc0) != 0
        || (array[offset + 1] & 0x3f) != 0
        || array[offset + 7] != 0) {
      return false;
    }
    int protocol = protocol(array, offset);
    return protocol == PROTOCOL_DISCO || protocol == PROTOCOL_WIREGUARD;
  }

  /// Set only around the bind messages.
  public static boolean isControl(byte[] array, int offset) {
    return (array[offset + 1] & CONTROL_BIT) != 0;
  }

  public static int protocol(byte[] array, int offset) {
    return (array[offset + 2] & 0xff) << 8 | array[offset + 3] & 0xff;
  }

  /// The virtual network identifier, which names an endpoint of the relay.
  public static int vni(byte[] array, int offset) {
    return (array[offset + 4] & 0xff) << 16
        | (array[offset + 5] & 0xff) << 8
        | array[offset + 6] & 0xff;
  }

  /// Writes a header at `offset`.
  public static void write(byte[] array, int offset, boolean control, int protocol, int vni) {
    if (vni < 0 || vni > MAX_VNI) {
      throw new IllegalArgumentException("a VNI has 24 bits: " + vni);
    }
    array[offset] = 0;
    array[offset + 1] = (byte) (control ? CONTROL_BIT : 0);
    array[offset + 2] = (byte) (protocol >>> 8);
    array[offset + 3] = (byte) protocol;
    array[offset + 4] = (byte) (vni >>> 16);
    array[offset + 5] = (byte) (vni >>> 8);
    array[offset + 6] = (byte) vni;
    array[offset + 7] = 0;
  }
}
