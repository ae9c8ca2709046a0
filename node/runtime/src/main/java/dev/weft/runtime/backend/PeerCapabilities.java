package dev.weft.runtime.backend;

import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.json.RawJson;
import dev.weft.runtime.control.NetworkMap;
import dev.weft.tailcfg.CapGrant;
import dev.weft.tailcfg.FilterRule;
import dev.weft.tailcfg.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a peer may do here beyond reaching ports: the sum of the packet filter's grants from its
/// address to ours (`docs/protocol/control.md §5.8`).
final class PeerCapabilities {
  private PeerCapabilities() {}

  static SortedMap<String, List<RawJson>> of(NetworkMap map, Ip source) {
    SortedMap<String, List<RawJson>> capabilities = new TreeMap<>();
    for (FilterRule rule : map.packetFilter()) {
      if (!rule.capGrant().isEmpty()
          && rule.srcIps().stream().anyMatch(text -> matches(text, source, map))) {
        rule.capGrant().stream()
            .filter(grant -> isForUs(grant, map.self()))
            .forEach(grant -> add(grant, capabilities));
      }
    }
    return capabilities;
  }

  private static boolean isForUs(CapGrant grant, Node self) {
    return self.addresses().stream()
        .map(IpPrefix::address)
        .anyMatch(own -> grant.dsts().stream().anyMatch(dst -> dst.contains(own)));
  }

  private static void add(CapGrant grant, SortedMap<String, List<RawJson>> capabilities) {
    grant.caps().forEach(name -> capabilities.putIfAbsent(name, List.of()));
    grant
        .capMap()
        .forEach((name, values) ->
            capabilities.merge(
                name,
                values,
                (before, more) -> {
                  List<RawJson> both = new ArrayList<>(before);
                  both.addAll(more);
                  return List.copyOf(both);
                }));
  }

  /// A source is `*`, an address, a prefix, a range `low-high` or `cap:<node capability>` (§5.8).
  static boolean matches(String source, Ip address, NetworkMap map) {
    if (source.equals("*")) {
      return true;
    }
    if (source.startsWith("cap:")) {
      String capability = source.substring("cap:".length());
      return map.peers().values().stream()
          .filter(peer -> peer.addresses().contains(IpPrefix.single(address)))
          .anyMatch(peer -> peer.hasCap(capability));
    }
    int dash = source.indexOf('-');
    if (dash > 0) {
      Optional<Ip> low = Ip.tryParse(source.substring(0, dash));
      Optional<Ip> high = Ip.tryParse(source.substring(dash + 1));
      return low.isPresent() && high.isPresent() && isWithin(low.get(), high.get(), address);
    }
    Optional<Ip> single = Ip.tryParse(source);
    return single.isPresent()
        ? single.get().equals(address)
        : IpPrefix.tryParse(source).filter(p -> p.contains(address)).isPresent();
  }

  private static boolean isWithin(Ip low, Ip high, Ip address) {
    return low.isV4() == address.isV4()
        && high.isV4() == address.isV4()
        && low.compareTo(address) <= 0
        && address.compareTo(high) <= 0;
  }
}
