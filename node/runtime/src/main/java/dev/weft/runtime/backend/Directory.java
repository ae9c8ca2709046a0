package dev.weft.runtime.backend;

import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.base.PrefixSet;
import dev.weft.keys.NodeKey;
import dev.weft.node.Caller;
import dev.weft.node.SelfNode;
import dev.weft.runtime.control.NetworkMap;
import dev.weft.runtime.service.TailnetView;
import dev.weft.tailcfg.DnsConfig;
import dev.weft.tailcfg.DnsRecord;
import dev.weft.tailcfg.Node;
import dev.weft.tailcfg.UserProfile;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Names and addresses of one network map: what a name leads to, whether an address is of the
/// tailnet, who is behind it. Immutable.
public final class Directory implements TailnetView {
  /// Before the first network map: nobody is known.
  public static final Directory EMPTY = new Directory(null, List.of());

  private final @Nullable NetworkMap map;
  private final Map<String, Ip> names = new HashMap<>();
  private final Map<Ip, Node> byAddress = new HashMap<>();
  private final Map<NodeKey, Node> byKey = new HashMap<>();
  private final PrefixSet routes;

  private Directory(@Nullable NetworkMap map, List<IpPrefix> routes) {
    this.map = map;
    this.routes = PrefixSet.copyOf(routes);
    if (map != null) {
      extraRecords(map.dns());
      boolean v4 = map.self().addresses().stream().anyMatch(p -> p.address().isV4());
      nodes(map).forEach(node -> add(node, v4));
    }
  }

  /// @param acceptRoutes whether subnets behind peers are reached through them
  public static Directory of(NetworkMap map, boolean acceptRoutes) {
    List<IpPrefix> routes = new ArrayList<>();
    nodes(map)
        .forEach(node -> {
          routes.addAll(node.addresses());
          if (acceptRoutes) {
            node.effectiveAllowedIps().stream().filter(p -> p.bits() > 0).forEach(routes::add);
          }
        });
    return new Directory(map, routes);
  }

  private static Stream<Node> nodes(NetworkMap map) {
    return Stream.concat(map.peers().values().stream(), Stream.of(map.self()));
  }

  /// A name leads to the IPv4 address where both sides have one, as MagicDNS answers.
  private void add(Node node, boolean v4) {
    node.addresses().forEach(prefix -> byAddress.put(prefix.address(), node));
    byKey.put(node.key(), node);
    addressOf(node, v4).ifPresent(address -> names.put(normalized(node.name()), address));
  }

  static Optional<Ip> addressOf(Node node, boolean preferV4) {
    List<Ip> addresses = node.addresses().stream().map(IpPrefix::address).toList();
    Optional<Ip> wanted = addresses.stream().filter(a -> a.isV4() == preferV4).findFirst();
    return wanted.isPresent() ? wanted : addresses.stream().findFirst();
  }

  private void extraRecords(@Nullable DnsConfig dns) {
    for (DnsRecord record : dns == null ? List.<DnsRecord>of() : dns.extraRecords()) {
      if (record.type().isEmpty() || record.type().equals("A") || record.type().equals("AAAA")) {
        Ip.tryParse(record.value())
            .ifPresent(ip -> names.putIfAbsent(normalized(record.name()), ip));
      }
    }
  }

  @Override
  public Optional<SelfNode> self() {
    if (map == null) {
      return Optional.empty();
    }
    Node self = map.self();
    List<InetAddress> addresses =
        self.addresses().stream().map(p -> p.address().toInetAddress()).toList();
    DnsConfig dns = map.dns();
    return Optional.of(
        new SelfNode(
            normalized(self.name()),
            addresses,
            suffix(),
            dns == null ? List.of() : dns.certDomains()));
  }

  /// The tailnet's domain: what follows the first dot of our own name (`docs/protocol/control.md
  /// §5.5`).
  public String suffix() {
    return map == null ? "" : afterFirstDot(normalized(map.self().name()));
  }

  @Override
  public Optional<Ip> resolve(String host) {
    String name = normalized(host);
    boolean isShort = name.indexOf('.') < 0;
    return Optional.ofNullable(names.get(isShort ? name + "." + suffix() : name));
  }

  @Override
  public boolean reaches(Ip address) {
    return routes.contains(address);
  }

  /// The node, peer or ourselves, that owns an address.
  public Optional<Node> nodeAt(Ip address) {
    return Optional.ofNullable(byAddress.get(address));
  }

  public Optional<Node> nodeWith(NodeKey key) {
    return Optional.ofNullable(byKey.get(key));
  }

  public boolean isSelf(Node node) {
    return map != null && map.self().id() == node.id();
  }

  @Override
  public Optional<Caller> whois(Ip address) {
    return nodeAt(address).map(node -> caller(node, address));
  }

  private Caller caller(Node node, Ip address) {
    Optional<Caller.User> user =
        node.tags().isEmpty()
            ? owner(node)
                .map(u -> new Caller.User(u.loginName(), u.displayName(), u.profilePicUrl()))
            : Optional.empty();
    return new Caller(
        normalized(node.name()),
        node.stableId(),
        node.addresses().stream().map(p -> p.address().toInetAddress()).toList(),
        user,
        node.tags(),
        map == null ? List.of() : List.copyOf(PeerCapabilities.of(map, address).keySet()));
  }

  public Optional<UserProfile> owner(Node node) {
    return map == null ? Optional.empty() : map.ownerOf(node);
  }

  public Optional<NetworkMap> map() {
    return Optional.ofNullable(map);
  }

  /// Lower case, without the final dot.
  static String normalized(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  private static String afterFirstDot(String name) {
    int dot = name.indexOf('.');
    return dot < 0 ? "" : name.substring(dot + 1);
  }
}
