package dev.weft.dns;

import java.util.Optional;

/// Types of records that have a name here. The code is the one on the wire.
public enum DnsType {
  A(1),
  NS(2),
  CNAME(5),
  SOA(6),
  PTR(12),
  HINFO(13),
  MX(15),
  TXT(16),
  AAAA(28),
  SRV(33),
  OPT(41),
  ALL(255);

  private final int code;

  DnsType(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  public static Optional<DnsType> ofCode(int code) {
    for (DnsType type : values()) {
      if (type.code == code) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /// @param name in upper case, such as `AAAA`
  public static Optional<DnsType> ofName(String name) {
    for (DnsType type : values()) {
      if (type.name().equals(name)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
