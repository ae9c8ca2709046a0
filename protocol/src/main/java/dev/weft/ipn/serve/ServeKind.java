package dev.weft.ipn.serve;

/// What a port does, with the spelling of its flag (`docs/protocol/services.md` §1.10).
public enum ServeKind {
  HTTPS("https"),
  HTTP("http"),
  TCP("tcp"),
  TLS_TERMINATED_TCP("tls-terminated-tcp");

  private final String spelling;

  ServeKind(String spelling) {
    this.spelling = spelling;
  }

  public boolean isWeb() {
    return this == HTTPS || this == HTTP;
  }

  @Override
  public String toString() {
    return spelling;
  }
}
