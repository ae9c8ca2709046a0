package dev.weft.runtime.control;

import static java.util.Objects.requireNonNullElse;

import dev.weft.json.RawJson;
import dev.weft.tailcfg.ClientVersion;
import dev.weft.tailcfg.DerpHomeParams;
import dev.weft.tailcfg.DerpMap;
import dev.weft.tailcfg.DerpRegion;
import dev.weft.tailcfg.DisplayMessage;
import dev.weft.tailcfg.DnsConfig;
import dev.weft.tailcfg.FilterChunk;
import dev.weft.tailcfg.FilterRule;
import dev.weft.tailcfg.MapResponse;
import dev.weft.tailcfg.Node;
import dev.weft.tailcfg.PeerChange;
import dev.weft.tailcfg.UserProfile;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Folds the messages of one map stream into maps. One per stream: a new stream says everything
/// again.
///
/// It owns the state of the stream and nothing else; no I/O, no clock. The order within a message
/// is the original's: self, peers (removed, changed, seen, online, patched), users, relays, filter,
/// the rest. Each field has its own meaning of "absent": `docs/protocol/control.md` §5.3.
public final class MapFold {
  private static final String ALL = "*";
  private static final String BASE_FILTER = "base";
  private static final int MAX_REGION = 0xffff;

  private @Nullable Node self;
  private final TreeMap<Long, Node> peers = new TreeMap<>();
  private final TreeMap<Long, UserProfile> users = new TreeMap<>();
  private @Nullable DerpMap derpMap;
  private @Nullable DnsConfig dns;
  private String domain = "";
  private final TreeMap<String, List<FilterRule>> filters = new TreeMap<>();
  private @Nullable RawJson sshPolicy;
  private List<String> health = List.of();
  private final TreeMap<String, DisplayMessage> messages = new TreeMap<>();
  private @Nullable ClientVersion clientVersion;

  /// Takes the next message that is not a keep-alive.
  ///
  /// @return the map after it; empty as long as no message has told who the node itself is, which
  ///   the first must
  public Optional<NetworkMap> fold(MapResponse message, Instant now) {
    if (message.node() != null) {
      self = message.node();
    }
    foldPeers(message, now);
    message.userProfiles().forEach(user -> users.put(user.id(), user));
    if (message.derpMap() != null) {
      derpMap = merged(derpMap, message.derpMap());
    }
    foldFilters(message);
    foldRest(message);
    return Optional.ofNullable(self).map(this::map);
  }

  private void foldPeers(MapResponse message, Instant now) {
    if (!message.peers().isEmpty()) {
      peers.clear();
      message.peers().forEach(peer -> peers.put(peer.id(), peer));
      return; // every other peer change in the message is ignored
    }
    message.peersRemoved().forEach(peers::remove);
    message.peersChanged().forEach(peer -> peers.put(peer.id(), peer));
    message
        .peerSeenChange()
        .forEach((id, seen) ->
            peers.computeIfPresent(
                id, (_, peer) -> peer.toBuilder().lastSeen(seen ? now : null).build()));
    message
        .onlineChange()
        .forEach((id, online) ->
            peers.computeIfPresent(id, (_, peer) -> peer.toBuilder().online(online).build()));
    message
        .peersChangedPatch()
        .forEach(
            change -> peers.computeIfPresent(change.nodeId(), (_, peer) -> patched(peer, change)));
  }

  private static Node patched(Node peer, PeerChange change) {
    if (isOutdatedDiscoKey(peer, change)) {
      return peer;
    }
    Node.Builder next = peer.toBuilder();
    if (change.derpRegion() != 0) {
      next.homeDerp(change.derpRegion());
    }
    if (change.cap() != 0) {
      next.cap(change.cap());
    }
    if (change.capMap() != null) {
      next.capMap(change.capMap());
    }
    if (change.endpoints() != null) {
      next.endpoints(change.endpoints());
    }
    patchKeys(next, change);
    if (change.online() != null) {
      next.online(change.online());
    }
    if (change.lastSeen() != null) {
      next.lastSeen(change.lastSeen());
    }
    if (change.keyExpiry() != null) {
      next.keyExpiry(change.keyExpiry());
    }
    return next.build();
  }

  private static void patchKeys(Node.Builder next, PeerChange change) {
    if (change.key() != null) {
      next.key(change.key());
    }
    if (change.keySignature() != null) {
      next.keySignature(change.keySignature());
    }
    if (change.discoKey() != null) {
      next.discoKey(change.discoKey());
    }
  }

  /// A peer that was seen later than this change was made has a newer disco key than it tells.
  private static boolean isOutdatedDiscoKey(Node peer, PeerChange change) {
    Instant told = change.lastSeen();
    Instant known = peer.lastSeen();
    return change.discoKey() != null
        && Boolean.FALSE.equals(change.online())
        && told != null
        && known != null
        && !told.isAfter(known);
  }

  /// Each part that is absent stays (§5.6).
  private static DerpMap merged(@Nullable DerpMap before, DerpMap now) {
    SortedMap<Integer, DerpRegion> regions = now.regions();
    if (regions != null) {
      // A path names its region in 16 bits.
      regions = new TreeMap<>(regions).subMap(1, MAX_REGION + 1);
    }
    DerpHomeParams homeParams = now.homeParams();
    if (before != null) {
      regions = regions == null ? before.regions() : regions;
      homeParams = homeParams == null ? before.homeParams() : homeParams;
    }
    return now.toBuilder().regions(regions).homeParams(homeParams).build();
  }

  private void foldFilters(MapResponse message) {
    if (message.packetFilter() != null) {
      filters.put(BASE_FILTER, message.packetFilter());
    }
    if (FilterChunk.DELETED.equals(message.packetFilters().get(ALL))) {
      filters.clear();
    }
    message.packetFilters().forEach(this::foldFilter);
  }

  private void foldFilter(String name, FilterChunk chunk) {
    @Nullable List<FilterRule> rules = chunk.rules();
    if (rules == null) {
      filters.remove(name);
    } else {
      filters.put(name, rules);
    }
  }

  private void foldRest(MapResponse message) {
    dns = message.dnsConfig() == null ? dns : message.dnsConfig();
    domain = message.domain().isEmpty() ? domain : message.domain();
    sshPolicy = message.sshPolicy() == null ? sshPolicy : message.sshPolicy();
    health = requireNonNullElse(message.health(), health);
    clientVersion = message.clientVersion() == null ? clientVersion : message.clientVersion();
    if (DisplayMessage.WITHDRAWN.equals(message.displayMessages().get(ALL))) {
      messages.clear();
    }
    message.displayMessages().forEach(this::foldMessage);
  }

  private void foldMessage(String id, DisplayMessage message) {
    if (id.equals(ALL) || message.equals(DisplayMessage.WITHDRAWN)) {
      messages.remove(id);
    } else {
      messages.put(id, message);
    }
  }

  private NetworkMap map(Node node) {
    return new NetworkMap(
        node,
        peers,
        users,
        derpMap,
        dns,
        domain,
        filters,
        sshPolicy,
        health,
        messages,
        clientVersion);
  }
}
