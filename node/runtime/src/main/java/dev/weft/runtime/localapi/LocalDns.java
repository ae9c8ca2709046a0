package dev.weft.runtime.localapi;

import dev.weft.base.Bytes;
import dev.weft.dns.DnsQuestion;
import dev.weft.tailcfg.DnsConfig;
import dev.weft.tailcfg.Resolver;
import java.util.List;
import java.util.Optional;

/// Names, as the node knows them and finds them out.
public interface LocalDns {
  /// What control says of DNS; empty before the first network map.
  Optional<DnsConfig> config();

  /// What the operating system resolves names with.
  ///
  /// @throws BackendException when that cannot be read
  SystemConfig systemConfig() throws BackendException;

  /// Answers from the network map for names of the tailnet, and asks resolvers for all others.
  ///
  /// @throws BackendException when nobody answers, or this node cannot ask the resolver that the
  ///   tailnet wants for this name
  /// @throws InterruptedException when the caller went away
  Result query(DnsQuestion question) throws BackendException, InterruptedException;

  /// @param nameservers addresses
  record SystemConfig(List<String> nameservers, List<String> searchDomains) {
    public SystemConfig {
      nameservers = List.copyOf(nameservers);
      searchDomains = List.copyOf(searchDomains);
    }
  }

  /// @param reply a whole DNS message
  /// @param resolvers who may have been asked; empty for an answer from the network map
  record Result(Bytes reply, List<Resolver> resolvers) {
    public Result {
      resolvers = List.copyOf(resolvers);
    }
  }
}
