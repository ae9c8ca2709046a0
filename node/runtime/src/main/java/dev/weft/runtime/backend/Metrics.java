package dev.weft.runtime.backend;

import dev.weft.runtime.control.NetworkMap;
import dev.weft.tailcfg.Node;
import java.util.List;
import java.util.Map;

/// The counters for users, in Prometheus text form: the families of the original under its names
/// (`docs/protocol/services.md` §6.7), then ours.
final class Metrics {
  /// The original's, in its order. We have no peer relays: theirs stay at zero.
  private static final List<String> PATHS =
      List.of("derp", "direct_ipv4", "direct_ipv6", "peer_relay_ipv4", "peer_relay_ipv6");

  private final StringBuilder out = new StringBuilder(4096);
  private final DataPlane.Traffic traffic;

  private Metrics(DataPlane.Traffic traffic) {
    this.traffic = traffic;
  }

  static String text(DataPlane.Traffic traffic, BackendShell.Snapshot node) {
    Metrics metrics = new Metrics(traffic);
    metrics.ofTheOriginal(node);
    metrics.ofOurOwn(node.directory());
    return metrics.out.toString();
  }

  private void ofTheOriginal(BackendShell.Snapshot node) {
    gauge(
        "tailscaled_advertised_routes",
        "Number of subnet routes that this node offers",
        node.prefs().advertiseRoutes().size());
    gauge(
        "tailscaled_approved_routes",
        "Number of subnet routes of this node that control has approved",
        node.directory().map().map(NetworkMap::self).map(Metrics::approvedRoutes).orElse(0L));
    head("tailscaled_health_messages", "Number of health messages by type", "gauge");
    sample("tailscaled_health_messages", "type", "warning", node.health().warnings().size());
    gauge(
        "tailscaled_home_derp_region_id", "Region of this node's home relay", traffic.homeRegion());
    byPath("inbound_bytes", "Bytes received from peers");
    head("tailscaled_inbound_dropped_packets_total", "Packets of peers not let in", "counter");
    sample("tailscaled_inbound_dropped_packets_total", "reason", "acl", counter("filter_drops"));
    byPath("inbound_packets", "Packets received from peers");
    byPath("outbound_bytes", "Bytes sent to peers");
    head("tailscaled_outbound_dropped_packets_total", "Packets not sent to peers", "counter");
    sample(
        "tailscaled_outbound_dropped_packets_total", "reason", "error", counter("udp_send_failed"));
    byPath("outbound_packets", "Packets sent to peers");
  }

  private static long approvedRoutes(Node self) {
    return self.effectiveAllowedIps().stream().filter(p -> !self.addresses().contains(p)).count();
  }

  private void ofOurOwn(Directory directory) {
    gauge(
        "weft_peers",
        "Number of peers in the network map",
        directory.map().map(NetworkMap::peers).map(Map::size).orElse(0));
    gauge(
        "weft_peers_direct",
        "Number of peers reached without a relay",
        traffic.peers().values().stream().filter(p -> p.direct() != null).count());
    gauge("weft_relays_connected", "Number of relays connected", traffic.liveRelays());
    traffic
        .counters()
        .forEach((name, value) -> {
          head("weft_" + name + "_total", "Events of the data plane", "counter");
          out.append("weft_").append(name).append("_total ").append(value).append('\n');
        });
  }

  private void byPath(String name, String help) {
    String family = "tailscaled_" + name + "_total";
    head(family, help, "counter");
    for (String path : PATHS) {
      sample(family, "path", path, traffic.paths().getOrDefault(name + " " + path, 0L));
    }
  }

  private long counter(String name) {
    return traffic.counters().getOrDefault(name, 0L);
  }

  private void gauge(String name, String help, long value) {
    head(name, help, "gauge");
    out.append(name).append(' ').append(value).append('\n');
  }

  private void head(String name, String help, String type) {
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    out.append("# HELP ").append(name).append(' ').append(help).append('\n');
  }

  private void sample(String name, String label, String which, long value) {
    out.append(name).append('{').append(label).append("=\"").append(which).append("\"} ");
    out.append(value).append('\n');
  }
}
