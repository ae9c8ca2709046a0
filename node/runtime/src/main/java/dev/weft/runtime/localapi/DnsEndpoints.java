package dev.weft.runtime.localapi;

import static dev.weft.json.JsonTypes.STRING;

import dev.weft.dns.DnsQuestion;
import dev.weft.dns.DnsType;
import dev.weft.json.Json;
import dev.weft.json.JsonType;
import dev.weft.json.JsonTypes;
import dev.weft.tailcfg.DnsConfig;
import dev.weft.tailcfg.Resolver;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The endpoints about names. What the machine itself resolves, and with whom, is its users' own
/// affair: those ask for the right to write, as the original does.
final class DnsEndpoints {
  private static final JsonType<List<String>> STRINGS = JsonTypes.listOf(STRING);
  private static final JsonType<List<Resolver>> RESOLVERS = JsonTypes.listOf(Resolver.JSON);

  private final LocalDns dns;

  DnsEndpoints(LocalDns dns) {
    this.dns = dns;
  }

  Answer config(Access access) {
    if (!access.read()) {
      return Answer.denied("dns-config");
    }
    return dns.config()
        .<Answer>map(config -> Answer.json(DnsConfig.JSON, config))
        .orElseGet(() -> Answer.text(Answer.SERVICE_UNAVAILABLE, "no netmap"));
  }

  Answer systemConfig(Request request, Access access) {
    if (!request.isGet()) {
      return Answer.text(Answer.METHOD_NOT_ALLOWED, "only GET allowed");
    }
    if (!access.write()) {
      return Answer.denied("dns-osconfig dump");
    }
    try {
      LocalDns.SystemConfig system = dns.systemConfig();
      return Answer.json(
          Answer.OK,
          "{\"Nameservers\":"
              + Json.encodeToText(STRINGS, system.nameservers())
              + ",\"SearchDomains\":"
              + Json.encodeToText(STRINGS, system.searchDomains())
              + ",\"MatchDomains\":[]}\n");
    } catch (BackendException e) {
      return Answer.text(Answer.INTERNAL_SERVER_ERROR, e.getMessage());
    }
  }

  Answer query(Request request, Access access) throws InterruptedException {
    if (!request.isGet()) {
      return Answer.text(Answer.METHOD_NOT_ALLOWED, "only GET allowed");
    }
    if (!access.write()) {
      return Answer.denied("dns-query");
    }
    String typeName = request.parameter("type").toUpperCase(Locale.ROOT);
    Optional<DnsType> type = typeName.isEmpty() ? Optional.of(DnsType.A) : DnsType.ofName(typeName);
    if (type.isEmpty()) {
      return Answer.text(Answer.BAD_REQUEST, "unknown DNS message type: " + typeName);
    }
    String name = request.parameter("name");
    Optional<DnsQuestion> question =
        name.isEmpty() ? Optional.empty() : DnsQuestion.of(name, type.get());
    if (question.isEmpty()) {
      return Answer.text(Answer.BAD_REQUEST, "not a DNS name: " + name);
    }
    try {
      LocalDns.Result result = dns.query(question.get());
      return Answer.json(
          Answer.OK,
          "{\"Bytes\":\""
              + Base64.getEncoder().encodeToString(result.reply().toArray())
              + "\",\"Resolvers\":"
              + Json.encodeToText(RESOLVERS, result.resolvers())
              + "}\n");
    } catch (BackendException e) {
      return Answer.text(Answer.INTERNAL_SERVER_ERROR, e.getMessage());
    }
  }
}
