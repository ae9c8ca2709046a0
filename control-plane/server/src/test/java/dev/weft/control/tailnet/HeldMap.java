package dev.weft.control.tailnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.json.Json;
import dev.weft.json.MalformedJson;
import dev.weft.tailcfg.Hostinfo;
import dev.weft.tailcfg.MapResponse;
import dev.weft.tailcfg.Node;
import dev.weft.tailcfg.PeerChange;
import dev.weft.tailcfg.UserProfile;
import java.util.List;
import java.util.TreeMap;

/// What a client holds of the messages of one stream, by the rules of `docs/protocol/control.md`
/// §5.3.
final class HeldMap {
  private final TreeMap<Long, Node> peers = new TreeMap<>();
  private final TreeMap<Long, UserProfile> users = new TreeMap<>();
  private Node self;
  private List<String> health = List.of();

  static HeldMap of(MapMessage first) throws MalformedJson {
    HeldMap map = new HeldMap();
    map.apply(first);
    assertNotNull(map.self);
    return map;
  }

  void apply(MapMessage message) throws MalformedJson {
    MapResponse news = Json.decode(MapResponse.JSON, message.encode());
    if (news.node() != null) {
      self = news.node();
    }
    if (!news.peers().isEmpty()) {
      peers.clear();
      news.peers().forEach(this::put);
    } else {
      news.peersRemoved().forEach(id -> assertNotNull(peers.remove(id), "removed unknown " + id));
      news.peersChanged().forEach(this::put);
      news.peersChangedPatch().forEach(this::patch);
    }
    news.userProfiles().forEach(profile -> users.put(profile.id(), profile));
    if (news.health() != null) {
      health = news.health();
    }
    assertTrue(users.containsKey(self.user()), "the owner of the node itself is not known");
    peers.values().forEach(peer -> assertTrue(users.containsKey(peer.user()), "no owner"));
  }

  private void put(Node peer) {
    // Clients lose a later change from absent.
    assertNotNull(peer.online());
    assertNotNull(peer.endpoints());
    peers.put(peer.id(), peer);
  }

  private void patch(PeerChange change) {
    Node peer = peers.get(change.nodeId());
    assertNotNull(peer, "a patch of somebody unknown");
    Node.Builder patched = peer.toBuilder();
    if (change.derpRegion() != 0) {
      patched.homeDerp(change.derpRegion());
    }
    if (change.cap() != 0) {
      patched.cap(change.cap());
    }
    if (change.endpoints() != null) {
      patched.endpoints(change.endpoints());
    }
    if (change.key() != null) {
      patched.key(change.key());
    }
    if (change.discoKey() != null) {
      patched.discoKey(change.discoKey());
    }
    if (change.online() != null) {
      patched.online(change.online());
    }
    if (change.lastSeen() != null) {
      patched.lastSeen(change.lastSeen());
    }
    if (change.keyExpiry() != null) {
      patched.keyExpiry(change.keyExpiry());
    }
    peers.put(change.nodeId(), patched.build());
  }

  /// That it is what a fresh map says.
  void assertSameAs(MapMessage full, String when) throws MalformedJson {
    HeldMap fresh = of(full);
    assertEquals(fresh.peers.keySet(), peers.keySet(), when);
    for (long id : fresh.peers.keySet()) {
      assertEquals(meaningOf(fresh.peers.get(id)), meaningOf(peers.get(id)), when);
    }
    for (UserProfile profile : fresh.users.values()) {
      assertEquals(profile, users.get(profile.id()), when);
    }
    assertEquals(notReported(fresh.self), notReported(self), when);
    assertEquals(fresh.health, health, when);
  }

  /// When somebody was seen last means nothing while they are there.
  private static Node meaningOf(Node peer) {
    return Boolean.TRUE.equals(peer.online()) ? peer.toBuilder().lastSeen(null).build() : peer;
  }

  /// A node is not told again what it has just reported itself.
  private static Node notReported(Node self) {
    return self.toBuilder()
        .hostinfo(Hostinfo.builder().build())
        .endpoints(List.of())
        .discoKey(null)
        .cap(0)
        .build();
  }
}
