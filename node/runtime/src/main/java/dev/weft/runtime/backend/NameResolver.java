package dev.weft.runtime.backend;

import dev.weft.base.Bytes;
import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.dns.DnsQuestion;
import dev.weft.dns.DnsReply;
import dev.weft.dns.DnsType;
import dev.weft.runtime.control.NetworkMap;
import dev.weft.runtime.localapi.BackendException;
import dev.weft.runtime.localapi.LocalDns;
import dev.weft.tailcfg.DnsConfig;
import dev.weft.tailcfg.Node;
import dev.weft.tailcfg.Resolver;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Answers questions about names as MagicDNS does (`docs/protocol/services.md` §5.2, §5.3): from
/// the network map for the tailnet's own, from the resolvers that control or the machine names for
/// the rest.
final class NameResolver implements LocalDns {
  private static final String REVERSE_V4 = ".in-addr.arpa";
  private static final String REVERSE_V6 = ".ip6.arpa";
  private static final int V6_NIBBLES = 32;

  private final Supplier<Directory> directory;
  private final BooleanSupplier useTailnetDns;
  private final Upstream upstream;
  private final Entropy entropy;

  /// Asks one resolver.
  @FunctionalInterface
  interface Upstream {
    /// @param server an address
    /// @return a whole reply to this question
    /// @throws BackendException when there is none
    byte[] ask(Ip server, DnsQuestion question) throws BackendException, InterruptedException;
  }

  /// @param useTailnetDns whether the resolvers that control names are used
  NameResolver(
      Supplier<Directory> directory,
      BooleanSupplier useTailnetDns,
      Upstream upstream,
      Entropy entropy) {
    this.directory = directory;
    this.useTailnetDns = useTailnetDns;
    this.upstream = upstream;
    this.entropy = entropy;
  }

  @Override
  public Optional<DnsConfig> config() {
    return directory
        .get()
        .map()
        .map(map -> map.dns() == null ? DnsConfig.builder().build() : map.dns());
  }

  @Override
  public SystemConfig systemConfig() throws BackendException {
    return SystemResolvers.read();
  }

  @Override
  public Result query(DnsQuestion question) throws BackendException, InterruptedException {
    Directory names = directory.get();
    int id = entropy.below(1 << 16);
    Optional<byte[]> own = ownAnswer(id, question, names);
    if (own.isPresent()) {
      return new Result(Bytes.of(own.get()), List.of());
    }
    List<Resolver> resolvers = resolversFor(Directory.normalized(question.name()), names);
    String problem = "this machine has no DNS resolver";
    for (Resolver resolver : resolvers) {
      try {
        return new Result(Bytes.of(ask(resolver, question, names)), resolvers);
      } catch (BackendException e) {
        problem = e.getMessage();
      }
    }
    throw new BackendException(problem);
  }

  /// What the network map says; empty for a name that is not the tailnet's.
  private static Optional<byte[]> ownAnswer(int id, DnsQuestion question, Directory names) {
    String name = Directory.normalized(question.name());
    if (question.type() == DnsType.PTR) {
      return reversed(name)
          .flatMap(names::nodeAt)
          .map(node -> DnsReply.encodePointer(id, question, dotted(node.name())));
    }
    List<Ip> addresses = addresses(name, names);
    if (!addresses.isEmpty()) {
      List<Ip> wanted =
          addresses.stream()
              .filter(ip ->
                  question.type() == DnsType.ALL
                      || question.type() == (ip.isV4() ? DnsType.A : DnsType.AAAA))
              .toList();
      return Optional.of(DnsReply.encode(id, question, wanted));
    }
    String suffix = names.suffix();
    boolean ours = !suffix.isEmpty() && (name.equals(suffix) || name.endsWith("." + suffix));
    return ours
        ? Optional.of(
            name.equals(suffix)
                ? DnsReply.encode(id, question, List.of())
                : DnsReply.encodeError(id, question, DnsReply.NAME_ERROR))
        : Optional.empty();
  }

  private static List<Ip> addresses(String name, Directory names) {
    Optional<Ip> first = names.resolve(name);
    if (first.isEmpty()) {
      return List.of();
    }
    Optional<Node> node = names.nodeAt(first.get());
    return node.isPresent()
        ? node.get().addresses().stream().map(p -> p.address()).toList()
        : List.of(first.get());
  }

  private static String dotted(String name) {
    return name.endsWith(".") ? name : name + ".";
  }

  /// The address that a name such as `7.0.64.100.in-addr.arpa` stands for.
  static Optional<Ip> reversed(String name) {
    if (name.endsWith(REVERSE_V4)) {
      String[] octets = name.substring(0, name.length() - REVERSE_V4.length()).split("\\.", -1);
      StringBuilder text = new StringBuilder();
      for (String octet : octets) {
        text.insert(0, text.isEmpty() ? octet : octet + ".");
      }
      return octets.length == 4 ? Ip.tryParse(text.toString()) : Optional.empty();
    }
    if (!name.endsWith(REVERSE_V6)) {
      return Optional.empty();
    }
    String[] nibbles = name.substring(0, name.length() - REVERSE_V6.length()).split("\\.", -1);
    if (nibbles.length != V6_NIBBLES) {
      return Optional.empty();
    }
    StringBuilder text = new StringBuilder();
    for (int i = nibbles.length - 1; i >= 0; i--) {
      text.append(nibbles[i]).append(i % 4 == 0 && i > 0 ? ":" : "");
    }
    return Ip.tryParse(text.toString());
  }

  /// The resolvers for a name: those of the longest suffix that control routes, else its general
  /// ones, else the machine's.
  private List<Resolver> resolversFor(String name, Directory names) throws BackendException {
    DnsConfig config = names.map().map(NetworkMap::dns).orElse(null);
    if (config != null && useTailnetDns.getAsBoolean()) {
      int longest = 0;
      List<Resolver> best = List.of();
      for (Map.Entry<String, List<Resolver>> route : config.routes().entrySet()) {
        String suffix = Directory.normalized(route.getKey());
        boolean fits = name.equals(suffix) || name.endsWith("." + suffix);
        if (fits && suffix.length() > longest && !route.getValue().isEmpty()) {
          longest = suffix.length();
          best = route.getValue();
        }
      }
      if (!best.isEmpty()) {
        return best;
      }
      if (!config.resolvers().isEmpty()) {
        return config.resolvers();
      }
    }
    return systemConfig().nameservers().stream()
        .map(server -> Resolver.builder().addr(server).build())
        .toList();
  }

  private byte[] ask(Resolver resolver, DnsQuestion question, Directory names)
      throws BackendException, InterruptedException {
    Optional<Ip> server = Ip.tryParse(resolver.addr());
    if (server.isEmpty()) {
      throw new BackendException(
          "this version of Weft cannot ask the resolver "
              + resolver.addr()
              + ": only plain addresses");
    }
    if (names.reaches(server.get())) {
      throw new BackendException(
          "this version of Weft cannot ask the resolver "
              + server.get()
              + ", which is inside the tailnet");
    }
    return upstream.ask(server.get(), question);
  }
}
