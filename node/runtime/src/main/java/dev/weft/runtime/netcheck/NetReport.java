package dev.weft.runtime.netcheck;

import dev.weft.base.Endpoint;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What one round of probing found.
///
/// @param udp whether any STUN answer came
/// @param globalV4 where others see our IPv4 socket, if any answered
/// @param globalV6 likewise for IPv6
/// @param mappingVariesByDestIp whether relays see us at differing IPv4 mappings; empty when fewer
///   than two answered. Behind such a NAT the public address is of no use to peers
/// @param preferredRegion the home region, 0 when none answered and none was before
/// @param latencyV4 best time of each region over IPv4, in nanoseconds
/// @param latencyV6 likewise over IPv6
/// @param latencyHttps likewise over HTTPS, when UDP is blocked
public record NetReport(
    boolean udp,
    Optional<Endpoint> globalV4,
    Optional<Endpoint> globalV6,
    Optional<Boolean> mappingVariesByDestIp,
    int preferredRegion,
    SortedMap<Integer, Long> latencyV4,
    SortedMap<Integer, Long> latencyV6,
    SortedMap<Integer, Long> latencyHttps) {
  public NetReport {
    latencyV4 = Collections.unmodifiableSortedMap(new TreeMap<>(latencyV4));
    latencyV6 = Collections.unmodifiableSortedMap(new TreeMap<>(latencyV6));
    latencyHttps = Collections.unmodifiableSortedMap(new TreeMap<>(latencyHttps));
  }

  /// The best time of each region by any means, in nanoseconds.
  public SortedMap<Integer, Long> latency() {
    TreeMap<Integer, Long> best = new TreeMap<>(latencyV4);
    latencyV6.forEach((region, nanos) -> best.merge(region, nanos, Math::min));
    latencyHttps.forEach((region, nanos) -> best.merge(region, nanos, Math::min));
    return Collections.unmodifiableSortedMap(best);
  }
}
