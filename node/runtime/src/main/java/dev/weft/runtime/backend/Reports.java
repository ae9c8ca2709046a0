package dev.weft.runtime.backend;

import dev.weft.ipn.Pref;
import dev.weft.ipn.Prefs;
import dev.weft.ipn.serve.ServeConfig;
import dev.weft.runtime.control.NodeReport;
import dev.weft.runtime.netcheck.NetReport;
import dev.weft.tailcfg.Hostinfo;
import dev.weft.tailcfg.NetInfo;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a node tells control of itself.
final class Reports {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Hostinfo machine;

  Reports(String version) {
    machine = HostFacts.hostinfo(version);
  }

  /// The name this node asks for.
  static String hostname(Prefs prefs) {
    return prefs.hostname().isEmpty() ? HostFacts.hostname() : prefs.hostname();
  }

  NodeReport report(Prefs prefs, DataPlane plane, ServeConfig serve) {
    Hostinfo.Builder host =
        machine.toBuilder()
            .hostname(hostname(prefs))
            .shieldsUp(prefs.shieldsUp())
            .requestTags(prefs.advertiseTags())
            .routableIps(prefs.advertiseRoutes())
            .exitNodeId(prefs.value(Pref.EXIT_NODE_ID))
            .ingressEnabled(serve.isFunnelOn());
    // Left out before the first measurement: control keeps the last one it has (control.md §5.1).
    plane.netReport().map(Reports::netInfo).ifPresent(host::netInfo);
    return new NodeReport(host.build(), plane.endpoints(), plane.discoKey());
  }

  private static NetInfo netInfo(NetReport report) {
    SortedMap<String, Double> latency = new TreeMap<>();
    addLatency(latency, report.latencyV4(), "-v4");
    addLatency(latency, report.latencyHttps(), "-v4");
    addLatency(latency, report.latencyV6(), "-v6");
    Optional<Boolean> varies = report.mappingVariesByDestIp();
    return NetInfo.builder()
        .mappingVariesByDestIp(varies.orElse(null))
        .workingIpv6(report.globalV6().isPresent())
        .osHasIpv6(HostFacts.addresses().stream().anyMatch(ip -> ip.isV6() && !ip.isLoopback()))
        .workingUdp(report.udp())
        .preferredDerp(report.preferredRegion())
        .derpLatency(latency)
        .build();
  }

  private static void addLatency(
      SortedMap<String, Double> to, Map<Integer, Long> nanos, String suffix) {
    nanos.forEach((region, n) -> to.putIfAbsent(region + suffix, n / NANOS_PER_SECOND));
  }
}
