package dev.weft.tailcfg;

/// Where a node learnt one of its endpoints, `docs/protocol/control.md` §5.1. In the order of the
/// codes on the wire.
public enum EndpointType {
  UNKNOWN(0),
  LOCAL(1),
  STUN(2),
  PORT_MAPPED(3),
  STUN_ON_LOCAL_PORT(4),
  EXPLICIT(5);

  private final int code;

  EndpointType(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /// A code that we do not know counts as unknown.
  static EndpointType of(int code) {
    for (EndpointType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    return UNKNOWN;
  }
}
