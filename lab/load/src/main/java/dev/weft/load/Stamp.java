package dev.weft.load;

import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import java.util.List;
import java.util.OptionalInt;

/// Endpoints that say which change they are: an address of 198.18.0.0/15 and a port hold its
/// number.
final class Stamp {
  private static final int NETWORK = 198 << 24 | 18 << 16;
  private static final int HOST_BITS = 17;
  private static final int HOST_MASK = (1 << HOST_BITS) - 1;
  private static final int FIRST_PORT = 20_000;
  private static final int LAN = 10 << 24;
  private static final int WIREGUARD_PORT = 41_641;

  /// As many changes as there are stamps.
  static final int MAX_CHANGES = 1 << 28;

  private Stamp() {}

  /// The endpoint of a change.
  static String of(int change) {
    int host = change & HOST_MASK;
    return new Endpoint(Ip.v4(NETWORK | host), FIRST_PORT + (change >>> HOST_BITS)).toString();
  }

  /// The endpoint of a node before its first change; says nothing.
  static String initial(int node) {
    return new Endpoint(Ip.v4(203 << 24 | 113 << 8 | node & 0xff), 1_024 + (node >>> 8)).toString();
  }

  /// A node's endpoint in its own network.
  static String local(int node) {
    return new Endpoint(Ip.v4(LAN | node), WIREGUARD_PORT).toString();
  }

  /// Which change these endpoints are from, if from any.
  static OptionalInt read(List<Endpoint> endpoints) {
    for (Endpoint endpoint : endpoints) {
      byte[] ip = endpoint.ip().toBytes();
      if (ip.length == 4 && (ip[0] & 0xff) == 198 && (ip[1] & 0xfe) == 18) {
        int host = (ip[1] & 1) << 16 | (ip[2] & 0xff) << 8 | ip[3] & 0xff;
        return OptionalInt.of((endpoint.port() - FIRST_PORT) << HOST_BITS | host);
      }
    }
    return OptionalInt.empty();
  }
}
