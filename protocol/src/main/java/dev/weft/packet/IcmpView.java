package dev.weft.packet;

/// An ICMP message of either family in place (RFC 792, RFC 4443). Type numbers differ between the
/// families; the predicates take care of it.
public final class IcmpView {
  public static final int HEADER = 8;

  public static final int V4_ECHO_REPLY = 0;
  public static final int V4_UNREACHABLE = 3;
  public static final int V4_ECHO_REQUEST = 8;
  public static final int V4_TIME_EXCEEDED = 11;
  public static final int V4_PARAMETER_PROBLEM = 12;

  /// A code of [#V4_UNREACHABLE]: fragmentation needed (RFC 1191).
  public static final int V4_CODE_TOO_BIG = 4;

  public static final int V6_UNREACHABLE = 1;
  public static final int V6_TOO_BIG = 2;
  public static final int V6_TIME_EXCEEDED = 3;
  public static final int V6_PARAMETER_PROBLEM = 4;
  public static final int V6_ECHO_REQUEST = 128;
  public static final int V6_ECHO_REPLY = 129;

  private byte[] array = new byte[0];
  private int offset;
  private int length;
  private boolean v4;

  public PacketCheck wrap(byte[] a, int at, int available, boolean isV4) {
    if (available < HEADER) {
      return PacketCheck.TRUNCATED;
    }
    array = a;
    offset = at;
    length = available;
    v4 = isV4;
    return PacketCheck.VALID;
  }

  public int type() {
    return Wire.u8(array, offset);
  }

  public int code() {
    return Wire.u8(array, offset + 1);
  }

  public boolean isEchoRequest() {
    return type() == (v4 ? V4_ECHO_REQUEST : V6_ECHO_REQUEST);
  }

  public boolean isEchoReply() {
    return type() == (v4 ? V4_ECHO_REPLY : V6_ECHO_REPLY);
  }

  /// A report about a packet sent earlier, which it quotes.
  public boolean isError() {
    int type = type();
    return v4
        ? type == V4_UNREACHABLE || type == V4_TIME_EXCEEDED || type == V4_PARAMETER_PROBLEM
        : type < V6_ECHO_REQUEST;
  }

  public boolean isTooBig() {
    return v4 ? type() == V4_UNREACHABLE && code() == V4_CODE_TOO_BIG : type() == V6_TOO_BIG;
  }

  /// The next hop's MTU in a too-big report (RFC 1191 §4, RFC 4443 §3.2).
  public int nextHopMtu() {
    return v4 ? Wire.u16(array, offset + 6) : Math.max(0, Wire.i32(array, offset + 4));
  }

  /// The identifier of an echo.
  public int echoId() {
    return Wire.u16(array, offset + 4);
  }

  public int echoSequence() {
    return Wire.u16(array, offset + 6);
  }

  /// Where an echo's data, or an error's quoted packet, starts.
  public int bodyOffset() {
    return offset + HEADER;
  }

  public int bodyLength() {
    return length - HEADER;
  }
}
