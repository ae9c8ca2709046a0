package dev.weft.runtime.backend;

import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.runtime.netcheck.NetReport;
import dev.weft.tailcfg.EndpointType;
import dev.weft.tailcfg.ReportedEndpoint;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where peers may find this node, in the order of `docs/protocol/dataplane.md §3.3`.
public final class Endpoints {
  /// Machines with very many addresses exist; peers prune above a hundred candidates.
  private static final int MAX = 32;

  private Endpoints() {}

  /// @param report what STUN saw, once it has
  /// @param local the machine's addresses
  /// @param fixedPort whether the user chose the port: it may then be open in a router
  public static List<ReportedEndpoint> of(
      Optional<NetReport> report,
      Collection<Ip> local,
      Optional<Integer> port4,
      Optional<Integer> port6,
      boolean fixedPort) {
    Map<Endpoint, EndpointType> found = new LinkedHashMap<>();
    report.flatMap(NetReport::globalV4).ifPresent(e -> found.putIfAbsent(e, EndpointType.STUN));
    report.flatMap(NetReport::globalV6).ifPresent(e -> found.putIfAbsent(e, EndpointType.STUN));
    boolean varies = report.flatMap(NetReport::mappingVariesByDestIp).orElse(false);
    if (varies && fixedPort && port4.isPresent()) {
      report
          .flatMap(NetReport::globalV4)
          .ifPresent(e ->
              found.putIfAbsent(
                  new Endpoint(e.ip(), port4.get()), EndpointType.STUN_ON_LOCAL_PORT));
    }
    addLocal(found, local, port4, port6);
    return found.entrySet().stream()
        .limit(MAX)
        .map(e -> new ReportedEndpoint(e.getKey(), e.getValue()))
        .toList();
  }

  /// Loopback only when the machine has nothing else: peers of the same machine, as in tests.
  private static void addLocal(
      Map<Endpoint, EndpointType> found,
      Collection<Ip> local,
      Optional<Integer> port4,
      Optional<Integer> port6) {
    List<Ip> usable =
        local.stream()
            .filter(ip -> !ip.isLinkLocal() && !ip.isMulticast() && !ip.isUnspecified())
            .sorted()
            .toList();
    boolean onlyLoopback = usable.stream().allMatch(Ip::isLoopback);
    for (Ip ip : usable) {
      Optional<Integer> port = ip.isV4() ? port4 : port6;
      if (port.isPresent() && (onlyLoopback || !ip.isLoopback())) {
        found.putIfAbsent(new Endpoint(ip, port.get()), EndpointType.LOCAL);
      }
    }
  }
}
