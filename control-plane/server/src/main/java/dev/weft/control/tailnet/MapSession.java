package dev.weft.control.tailnet;

import dev.weft.json.RawJson;
import dev.weft.tailcfg.MapResponse;
import dev.weft.tailcfg.PeerChange;
import dev.weft.tailcfg.UserProfile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// One map stream: what its node was told, and what changed since.
///
/// Changes are remembered as "this about that node is out of date", not as messages: however slowly
/// the stream is read, a session holds at most one entry for each node, and the next message tells
/// the state of that moment.
public final class MapSession {
  private final long nodeId;
  private final NetmapBuilder maps;
  private final TailnetState state;

  private final TreeSet<Long> knownPeers = new TreeSet<>();
  private final Map<Long, UserProfile> knownUsers = new LinkedHashMap<>();
  private final TreeMap<Long, EnumSet<Aspect>> outdated = new TreeMap<>();
  private boolean sawPeers = true;

  MapSession(long nodeId, NetmapBuilder maps, TailnetState state) {
    this.nodeId = nodeId;
    this.maps = maps;
    this.state = state;
  }

  public long nodeId() {
    return nodeId;
  }

  /// Takes note of a change, to be told by the next [#next].
  public void note(Change change) {
    outdated
        .computeIfAbsent(change.nodeId(), _ -> EnumSet.noneOf(Aspect.class))
        .addAll(change.aspects());
  }

  public boolean hasNews() {
    return !outdated.isEmpty();
  }

  /// Everything, as the first message of a stream must have it. Empty when the node is gone.
  public Optional<MapMessage> first(Instant now) {
    outdated.clear();
    return state
        .node(nodeId)
        .map(self -> {
          List<RawJson> peers = new ArrayList<>();
          List<UserProfile> profiles = new ArrayList<>();
          introduce(self, profiles);
          for (RegisteredNode peer : maps.peersOf(now, self)) {
            knownPeers.add(peer.id());
            introduce(peer, profiles);
            peers.add(maps.peer(now, peer));
          }
          sawPeers = !self.isExpired(now);
          return new MapMessage(maps.head(now, self, profiles), peers, List.of());
        });
  }

  /// What is new. Empty when nothing is; [#isOver] tells when nothing ever will be.
  public Optional<MapMessage> next(Instant now) {
    return next(now, new MapRound());
  }

  /// What is new, shared with the other sessions of the round.
  public Optional<MapMessage> next(Instant now, MapRound round) {
    @Nullable RegisteredNode self = state.node(nodeId).orElse(null);
    if (self == null) {
      outdated.clear();
      return Optional.empty();
    }
    if (sawPeers == self.isExpired(now)) {
      // The node's key expired or came back to life: all peers go or come.
      sawPeers = !sawPeers;
      state.nodes().forEach(node -> note(new Change(node.id(), EnumSet.of(Aspect.WHOLE))));
      note(new Change(nodeId, EnumSet.of(Aspect.SELF)));
    }
    if (isCommon()) {
      TreeMap<Long, EnumSet<Aspect>> news = new TreeMap<>(outdated);
      news.remove(nodeId);
      outdated.clear();
      return round.message(
          news,
          () -> {
            Delta delta = new Delta();
            news.forEach((id, aspects) -> delta.addPeer(now, id, aspects));
            return delta.toMessage();
          });
    }
    Delta delta = new Delta();
    outdated.forEach((id, aspects) -> {
      if (id != nodeId) {
        delta.addPeer(now, id, aspects);
      } else if (aspects.contains(Aspect.SELF)) {
        delta.head.node(maps.self(now, self)).health(maps.health(self));
        introduce(self, delta.profiles);
        delta.isEmpty = false;
      }
    });
    outdated.clear();
    return delta.toMessage();
  }

  /// Whether what is new is only about peers that this node knows already and whose users it knows:
  /// then it is told the same as everybody else.
  private boolean isCommon() {
    if (!sawPeers) {
      return false;
    }
    for (Map.Entry<Long, EnumSet<Aspect>> news : outdated.entrySet()) {
      if (news.getKey() == nodeId) {
        if (news.getValue().contains(Aspect.SELF)) {
          return false;
        }
      } else {
        @Nullable RegisteredNode peer = state.node(news.getKey()).orElse(null);
        if (peer == null || !knownPeers.contains(peer.id()) || !isIntroduced(peer)) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean isIntroduced(RegisteredNode node) {
    UserProfile profile = maps.profile(node);
    return profile.equals(knownUsers.get(profile.id()));
  }

  /// Whether the node of this stream is gone.
  public boolean isOver() {
    return state.node(nodeId).isEmpty();
  }

  /// A user is told with or before the first node that they own, and again when their profile
  /// changed.
  private void introduce(RegisteredNode node, List<UserProfile> profiles) {
    UserProfile profile = maps.profile(node);
    if (!profile.equals(knownUsers.put(profile.id(), profile))) {
      profiles.add(profile);
    }
  }

  /// A message in the making.
  private final class Delta {
    private final MapResponse.Builder head = MapResponse.builder();
    private final List<RawJson> changed = new ArrayList<>();
    private final List<PeerChange> patches = new ArrayList<>();
    private final List<Long> removed = new ArrayList<>();
    private final List<UserProfile> profiles = new ArrayList<>();
    private boolean isEmpty = true;

    void addPeer(Instant now, long id, Set<Aspect> aspects) {
      @Nullable RegisteredNode peer = sawPeers ? state.node(id).orElse(null) : null;
      if (peer == null) {
        if (knownPeers.remove(id)) {
          removed.add(id);
          isEmpty = false;
        }
      } else if (knownPeers.add(id) || !isPatchable(peer, aspects)) {
        introduce(peer, profiles);
        changed.add(maps.peer(now, peer));
        isEmpty = false;
      } else if (!EnumSet.of(Aspect.SELF).containsAll(aspects)) {
        patches.add(patch(peer, aspects));
        isEmpty = false;
      }
    }

    Optional<MapMessage> toMessage() {
      if (isEmpty) {
        return Optional.empty();
      }
      head.peersChangedPatch(patches).peersRemoved(removed).userProfiles(profiles);
      return Optional.of(new MapMessage(head.build(), List.of(), changed));
    }

    /// A patch cannot express that a region, disco key or expiry is gone.
    private static boolean isPatchable(RegisteredNode peer, Set<Aspect> aspects) {
      return !aspects.contains(Aspect.WHOLE)
          && !(aspects.contains(Aspect.HOME_DERP) && peer.homeDerp() == 0)
          && !(aspects.contains(Aspect.DISCO_KEY) && peer.discoKey() == null)
          && !aspects.contains(Aspect.KEY_EXPIRY);
    }

    private PeerChange patch(RegisteredNode peer, Set<Aspect> aspects) {
      boolean online = state.isOnline(peer.id());
      PeerChange.Builder patch = PeerChange.builder().nodeId(peer.id());
      if (aspects.contains(Aspect.ONLINE)) {
        patch.online(online).lastSeen(online ? null : peer.lastSeen());
      }
      if (aspects.contains(Aspect.ENDPOINTS)) {
        patch.endpoints(peer.endpoints());
      }
      if (aspects.contains(Aspect.HOME_DERP)) {
        patch.derpRegion(peer.homeDerp());
      }
      if (aspects.contains(Aspect.DISCO_KEY)) {
        // A client discards a disco key that comes with an older sign of life than it has
        // (`docs/protocol/control.md` §5.3).
        patch.discoKey(peer.discoKey()).online(online);
      }
      return patch.build();
    }
  }
}
