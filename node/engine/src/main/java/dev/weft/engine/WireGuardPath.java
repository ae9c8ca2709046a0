package dev.weft.engine;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.wireguard.PathId;

/// A path as WireGuard wants it: something to bind cookies to and to count handshakes by.
record WireGuardPath(Path path) implements PathId {
  @Override
  public Bytes source() {
    return switch (path) {
      case Path.Udp(Endpoint remote) -> {
        byte[] bytes = new byte[18];
        remote.ip().writeMapped16(bytes, 0);
        bytes[16] = (byte) (remote.port() >>> 8);
        bytes[17] = (byte) remote.port();
        yield Bytes.of(bytes);
      }
      case Path.Derp(_, var peer) -> peer.raw();
    };
  }

  /// Behind a relay each node is a host of its own.
  @Override
  public Bytes host() {
    return switch (path) {
      case Path.Udp(Endpoint remote) -> Bytes.of(remote.ip().toBytes());
      case Path.Derp(_, var peer) -> peer.raw();
    };
  }
}
