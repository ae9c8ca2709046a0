package dev.weft.runtime.backend;

import dev.weft.runtime.control.NetworkMap;
import java.util.Map;

/// The counters for users, in Prometheus text form.
final class Metrics {
  private Metrics() {}

  static String text(DataPlane.Traffic traffic, Directory directory) {
    StringBuilder out = new StringBuilder();
    long direct = traffic.peers().values().stream().filter(p -> p.direct() != null).count();
    gauge(
        out,
        "tailscaled_peers",
        "Number of peers in the network map",
        directory.map().map(NetworkMap::peers).map(Map::size).orElse(0));
    gauge(out, "tailscaled_peers_direct", "Number of peers reached without a relay", direct);
    gauge(out, "tailscaled_home_derp_region_id", "Region of the home relay", traffic.homeRegion());
    counter(
        out,
        "tailscaled_inbound_bytes_total",
        "Bytes received from peers",
        traffic.peers().values().stream().mapToLong(DataPlane.Peer::rxBytes).sum());
    counter(
        out,
        "tailscaled_outbound_bytes_total",
        "Bytes sent to peers",
        traffic.peers().values().stream().mapToLong(DataPlane.Peer::txBytes).sum());
    traffic
        .counters()
        .forEach((name, value) ->
            counter(out, "weft_" + name + "_total", "Events of the data plane", value));
    return out.toString();
  }

  private static void gauge(StringBuilder out, String name, String help, long value) {
    family(out, name, help, "gauge", value);
  }

  private static void counter(StringBuilder out, String name, String help, long value) {
    family(out, name, help, "counter", value);
  }

  private static void family(StringBuilder out, String name, String help, String type, long value) {
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    out.append("# HELP ").append(name).append(' ').append(help).append('\n');
    out.append(name).append(' ').append(value).append('\n');
  }
}
