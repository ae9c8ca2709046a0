package dev.weft.engine;

import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.base.PrefixMap;
import dev.weft.base.PrefixSet;
import dev.weft.keys.NodeKey;
import dev.weft.wireguard.KnownPeer;
import dev.weft.wireguard.PeerId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The peers: by key, by WireGuard's number, and by the addresses that are routed to them.
final class Roster {
  /// A peer of the map. One that is removed and comes back is a new entry.
  static final class Entry {
    final PeerId id;
    PeerConfig config;
    KnownPeer known;

    Entry(PeerId id, PeerConfig config) {
      this.id = id;
      this.config = config;
      this.known = known(id, config);
    }

    void update(PeerConfig newer) {
      config = newer;
      known = known(id, newer);
    }

    NodeKey key() {
      return config.key();
    }

    /// The peer's own address of a family, if it has one.
    @Nullable Ip address(boolean v4) {
      for (IpPrefix prefix : config.allowedIps()) {
        if (prefix.isSingle() && prefix.address().isV4() == v4) {
          return prefix.address();
        }
      }
      return null;
    }

    private static KnownPeer known(PeerId id, PeerConfig config) {
      return new KnownPeer(id, config.key(), PrefixSet.copyOf(config.allowedIps()));
    }
  }

  private final Map<NodeKey, Entry> byKey = new LinkedHashMap<>();
  private final List<@Nullable Entry> byId = new ArrayList<>();
  private final Deque<Integer> freeIds = new ArrayDeque<>();
  private PrefixMap<Entry> routes = PrefixMap.copyOf(Map.of());

  /// Takes a new list of peers; returns the entries that are gone.
  List<Entry> replace(List<PeerConfig> peers) {
    Set<NodeKey> gone = new LinkedHashSet<>(byKey.keySet());
    for (PeerConfig peer : peers) {
      gone.remove(peer.key());
      Entry entry = byKey.get(peer.key());
      if (entry == null) {
        add(peer);
      } else {
        entry.update(peer);
      }
    }
    List<Entry> removed = new ArrayList<>(gone.size());
    for (NodeKey key : gone) {
      Entry entry = byKey.remove(key);
      if (entry != null) {
        byId.set(entry.id.value(), null);
        freeIds.addLast(entry.id.value());
        removed.add(entry);
      }
    }
    routes = routes();
    return removed;
  }

  Collection<Entry> all() {
    return byKey.values();
  }

  @Nullable Entry byKey(NodeKey key) {
    return byKey.get(key);
  }

  @Nullable Entry byId(PeerId id) {
    return id.value() < byId.size() ? byId.get(id.value()) : null;
  }

  /// Who gets packets for an address; IPv4 mapped.
  @Nullable Entry routeTo(long high, long low) {
    return routes.lookup(high, low);
  }

  @Nullable Entry routeTo(Ip ip) {
    return routes.lookup(ip);
  }

  private void add(PeerConfig peer) {
    Integer free = freeIds.pollFirst();
    int number = free == null ? byId.size() : free;
    Entry entry = new Entry(new PeerId(number), peer);
    if (free == null) {
      byId.add(entry);
    } else {
      byId.set(number, entry);
    }
    byKey.put(peer.key(), entry);
  }

  /// Where two peers claim one prefix, the first of the map has it.
  private PrefixMap<Entry> routes() {
    Map<IpPrefix, Entry> table = new LinkedHashMap<>();
    for (Entry entry : byKey.values()) {
      for (IpPrefix prefix : entry.config.allowedIps()) {
        table.putIfAbsent(prefix.masked(), entry);
      }
    }
    return PrefixMap.copyOf(table);
  }
}
