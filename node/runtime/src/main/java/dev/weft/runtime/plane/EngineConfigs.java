package dev.weft.runtime.plane;

import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.engine.EngineConfig;
import dev.weft.engine.PeerConfig;
import dev.weft.engine.filter.FilterConfig;
import dev.weft.engine.magicsock.PeerPaths;
import dev.weft.ipn.Prefs;
import dev.weft.keys.DiscoKey;
import dev.weft.runtime.control.NetworkMap;
import dev.weft.tailcfg.Node;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What the engine works with, from a network map and the preferences.
final class EngineConfigs {
  private EngineConfigs() {}

  static EngineConfig of(NetworkMap map, Prefs prefs, Instant now) {
    List<PeerConfig> peers =
        map.peers().values().stream()
            .filter(EngineConfigs::isReachable)
            .map(peer -> peer(peer, prefs, now))
            .toList();
    FilterConfig filter =
        new FilterConfig(
            map.packetFilter(), map.self().addresses(), prefs.shieldsUp(), capabilities(map));
    return new EngineConfig(
        map.self().addresses().stream().map(IpPrefix::address).toList(), peers, filter);
  }

  /// Peers that need what the engine does not do are left out, so that none of their packets gets
  /// in: those without disco and relays (WireGuard-only), those that may only answer (jailed),
  /// those whose key no signature covers.
  private static boolean isReachable(Node peer) {
    return !peer.key().isZero()
        && !peer.isWireGuardOnly()
        && !peer.isJailed()
        && !peer.unsignedPeerApiOnly();
  }

  private static PeerConfig peer(Node peer, Prefs prefs, Instant now) {
    Instant expiry = peer.keyExpiry();
    boolean expired = peer.expired() || (expiry != null && !now.isBefore(expiry));
    DiscoKey disco = peer.discoKey();
    PeerPaths paths =
        new PeerPaths(
            peer.key(),
            disco == null ? DiscoKey.ZERO : disco,
            peer.knownEndpoints(),
            peer.homeDerp(),
            expired);
    return new PeerConfig(paths, allowedIps(peer, prefs));
  }

  /// Own addresses always, subnets when they are accepted, an exit route never: no exit node is in
  /// use.
  private static List<IpPrefix> allowedIps(Node peer, Prefs prefs) {
    List<IpPrefix> allowed = peer.effectiveAllowedIps();
    List<IpPrefix> result =
        new ArrayList<>(peer.addresses().stream().filter(allowed::contains).toList());
    allowed.stream()
        .filter(prefix -> prefix.bits() > 0 && !result.contains(prefix))
        .filter(
            prefix -> prefs.routeAll() || prefix.isSingle() && peer.addresses().contains(prefix))
        .forEach(result::add);
    return result;
  }

  private static FilterConfig.SourceCapabilities capabilities(NetworkMap map) {
    Map<Ip, Node> byAddress = new HashMap<>();
    map.peers()
        .values()
        .forEach(peer -> peer.addresses().forEach(prefix -> byAddress.put(prefix.address(), peer)));
    return (high, low, capability) -> {
      Node peer = byAddress.get(Ip.v6(high, low).unmap());
      return peer != null && peer.hasCap(capability);
    };
  }
}
