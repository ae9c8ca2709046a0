package dev.weft.wireguard;

import dev.weft.base.Bytes;

/// Where a datagram came from, as far as WireGuard cares: something to answer to, to bind a cookie
/// to, and to count handshakes by. The caller's own path type implements it.
public interface PathId {
  /// The exact source, such as address and port: a cookie is good for this one only.
  Bytes source();

  /// The host behind it, such as the address alone: handshakes under load are limited per host.
  Bytes host();
}
