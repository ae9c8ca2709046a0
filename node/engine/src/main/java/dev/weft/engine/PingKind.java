package dev.weft.engine;

/// What a ping proves.
public enum PingKind {
  /// That datagrams pass: outside the tunnel, and the only one that tells the path.
  DISCO,
  /// That packets pass through the tunnel to the peer's engine.
  TSMP,
  /// That packets pass through the tunnel to the peer's IP stack.
  ICMP
}
