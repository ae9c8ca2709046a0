package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.listOf;
import static dev.weft.json.JsonTypes.mapOfLists;
import static java.util.Collections.unmodifiableSortedMap;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The DNS settings of a node, `docs/protocol/control.md` §5.9.
///
/// @param routes resolvers by suffix; an empty list means that the node itself answers
/// @param domains search domains, the tailnet suffix first
/// @param proxied MagicDNS is on
public record DnsConfig(
    List<Resolver> resolvers,
    SortedMap<String, List<Resolver>> routes,
    List<Resolver> fallbackResolvers,
    List<String> domains,
    boolean proxied,
    List<String> certDomains,
    List<DnsRecord> extraRecords,
    List<String> exitNodeFilteredSet) {

  public static final JsonType<DnsConfig> JSON =
      ObjectType.<DnsConfig, Builder>of(Builder::new, Builder::build)
          .omit("Resolvers", listOf(Resolver.JSON), DnsConfig::resolvers, Builder::resolvers)
          .omit("Routes", mapOfLists(Resolver.JSON), DnsConfig::routes, Builder::routes)
          .omit(
              "FallbackResolvers",
              listOf(Resolver.JSON),
              DnsConfig::fallbackResolvers,
              Builder::fallbackResolvers)
          .omit("Domains", listOf(STRING), DnsConfig::domains, Builder::domains)
          .omit("Proxied", BOOL, DnsConfig::proxied, Builder::proxied)
          .omit("CertDomains", listOf(STRING), DnsConfig::certDomains, Builder::certDomains)
          .omit(
              "ExtraRecords",
              listOf(DnsRecord.JSON),
              DnsConfig::extraRecords,
              Builder::extraRecords)
          .omit(
              "ExitNodeFilteredSet",
              listOf(STRING),
              DnsConfig::exitNodeFilteredSet,
              Builder::exitNodeFilteredSet)
          .build();

  public DnsConfig {
    resolvers = List.copyOf(resolvers);
    routes = unmodifiableSortedMap(new TreeMap<>(routes));
    fallbackResolvers = List.copyOf(fallbackResolvers);
    domains = List.copyOf(domains);
    certDomains = List.copyOf(certDomains);
    extraRecords = List.copyOf(extraRecords);
    exitNodeFilteredSet = List.copyOf(exitNodeFilteredSet);
  }

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder()
        .resolvers(resolvers)
        .routes(routes)
        .fallbackResolvers(fallbackResolvers)
        .domains(domains)
        .proxied(proxied)
        .certDomains(certDomains)
        .extraRecords(extraRecords)
        .exitNodeFilteredSet(exitNodeFilteredSet);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private List<Resolver> resolvers = List.of();
    private SortedMap<String, List<Resolver>> routes = Collections.emptySortedMap();
    private List<Resolver> fallbackResolvers = List.of();
    private List<String> domains = List.of();
    private boolean proxied;
    private List<String> certDomains = List.of();
    private List<DnsRecord> extraRecords = List.of();
    private List<String> exitNodeFilteredSet = List.of();

    private Builder() {}

    public Builder resolvers(List<Resolver> resolvers) {
      this.resolvers = resolvers;
      return this;
    }

    public Builder routes(SortedMap<String, List<Resolver>> routes) {
      this.routes = routes;
      return this;
    }

    public Builder fallbackResolvers(List<Resolver> fallbackResolvers) {
      this.fallbackResolvers = fallbackResolvers;
      return this;
    }

    public Builder domains(List<String> domains) {
      this.domains = domains;
      return this;
    }

    public Builder proxied(boolean proxied) {
      this.proxied = proxied;
      return this;
    }

    public Builder certDomains(List<String> certDomains) {
      this.certDomains = certDomains;
      return this;
    }

    public Builder extraRecords(List<DnsRecord> extraRecords) {
      this.extraRecords = extraRecords;
      return this;
    }

    public Builder exitNodeFilteredSet(List<String> exitNodeFilteredSet) {
      this.exitNodeFilteredSet = exitNodeFilteredSet;
      return this;
    }

    public DnsConfig build() {
      return new DnsConfig(
          resolvers,
          routes,
          fallbackResolvers,
          domains,
          proxied,
          certDomains,
          extraRecords,
          exitNodeFilteredSet);
    }
  }
}
