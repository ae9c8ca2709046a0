package dev.weft.runtime.plane;

import dev.weft.base.Datagrams;
import dev.weft.engine.Path;
import java.util.Map;
import java.util.TreeMap;

/// How many WireGuard packets went and came by each kind of path. Disco and STUN are not counted.
/// Lives on the node loop.
final class PathCounters {
  private static final int LAST_WIREGUARD_TYPE = 4;
  private static final String[] PATHS = {"direct_ipv4", "direct_ipv6", "derp"};

  private final long[] sentPackets = new long[PATHS.length];
  private final long[] sentBytes = new long[PATHS.length];
  private final long[] receivedPackets = new long[PATHS.length];
  private final long[] receivedBytes = new long[PATHS.length];

  void sent(Path to, Datagrams datagrams) {
    count(to, datagrams, sentPackets, sentBytes);
  }

  void received(Path from, Datagrams datagrams) {
    count(from, datagrams, receivedPackets, receivedBytes);
  }

  /// A batch is of one kind: what the kernel or the engine put together came from one sender.
  private static void count(Path path, Datagrams datagrams, long[] packets, long[] bytes) {
    int length = datagrams.length();
    if (length < Integer.BYTES) {
      return;
    }
    // A type and three zeros.
    int type = datagrams.intAt(datagrams.offset());
    if (type >= 1 && type <= LAST_WIREGUARD_TYPE) {
      int kind = kind(path);
      packets[kind] += datagrams.count();
      bytes[kind] += length;
    }
  }

  private static int kind(Path path) {
    return switch (path) {
      case Path.Udp(var remote) -> remote.ip().isV4() ? 0 : 1;
      case Path.Derp _ -> 2;
    };
  }

  /// By name and path, such as `inbound_bytes derp`.
  Map<String, Long> values() {
    Map<String, Long> values = new TreeMap<>();
    for (int i = 0; i < PATHS.length; i++) {
      values.put("inbound_packets " + PATHS[i], receivedPackets[i]);
      values.put("inbound_bytes " + PATHS[i], receivedBytes[i]);
      values.put("outbound_packets " + PATHS[i], sentPackets[i]);
      values.put("outbound_bytes " + PATHS[i], sentBytes[i]);
    }
    return values;
  }
}
