package dev.weft.runtime.control;

import dev.weft.json.RawJson;
import dev.weft.tailcfg.ClientVersion;
import dev.weft.tailcfg.DerpMap;
import dev.weft.tailcfg.DisplayMessage;
import dev.weft.tailcfg.DnsConfig;
import dev.weft.tailcfg.FilterChunk;
import dev.weft.tailcfg.FilterRule;
import dev.weft.tailcfg.MapResponse;
import dev.weft.tailcfg.Node;
import dev.weft.tailcfg.UserProfile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// All that control has said up to some message, as one value.
///
/// @param self this node
/// @param peers by node ID
/// @param users by user ID: the owners of self and peers
/// @param derpMap the relays; null while control has sent none
/// @param dns null while control has sent none
/// @param domain the tailnet's name for display. MagicDNS names come from `self.name()`
/// @param filters the chunks of the packet filter by name; [#packetFilter()] is their sum
/// @param sshPolicy null while control has sent none
/// @param health what control wants the user to know, in its older form
/// @param messages the same in the newer form, by ID
public record NetworkMap(
    Node self,
    SortedMap<Long, Node> peers,
    SortedMap<Long, UserProfile> users,
    @Nullable DerpMap derpMap,
    @Nullable DnsConfig dns,
    String domain,
    SortedMap<String, List<FilterRule>> filters,
    @Nullable RawJson sshPolicy,
    List<String> health,
    SortedMap<String, DisplayMessage> messages,
    @Nullable ClientVersion clientVersion) {

  public NetworkMap {
    peers = frozen(peers);
    users = frozen(users);
    filters = frozen(filters);
    health = List.copyOf(health);
    messages = frozen(messages);
  }

  /// The rules for what may come in, in the order they are tried. None means that nothing may.
  public List<FilterRule> packetFilter() {
    List<FilterRule> rules = new ArrayList<>();
    filters.values().forEach(rules::addAll);
    return Collections.unmodifiableList(rules);
  }

  /// The peer with an ID.
  public Optional<Node> peer(long id) {
    return Optional.ofNullable(peers.get(id));
  }

  /// Who owns a node.
  public Optional<UserProfile> ownerOf(Node node) {
    return Optional.ofNullable(users.get(node.user()));
  }

  /// The first message of a stream that would say all this: the form to keep a map in.
  /// [MapFold#fold(MapResponse, java.time.Instant)] reads it back.
  public MapResponse asMapResponse() {
    TreeMap<String, FilterChunk> chunks = new TreeMap<>();
    filters.forEach((name, rules) -> chunks.put(name, FilterChunk.of(rules)));
    return MapResponse.builder()
        .node(self)
        .peers(List.copyOf(peers.values()))
        .userProfiles(List.copyOf(users.values()))
        .derpMap(derpMap)
        .dnsConfig(dns)
        .domain(domain)
        .packetFilters(chunks)
        .sshPolicy(sshPolicy)
        .health(health)
        .displayMessages(messages)
        .clientVersion(clientVersion)
        .build();
  }

  private static <K, V> SortedMap<K, V> frozen(SortedMap<K, V> map) {
    return Collections.unmodifiableSortedMap(new TreeMap<>(map));
  }
}
