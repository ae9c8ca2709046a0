package dev.weft.cli;

import static dev.weft.json.JsonTypes.STRING;

import dev.weft.ipn.TailnetStatus;
import dev.weft.json.Json;
import dev.weft.json.JsonIndent;
import dev.weft.json.JsonTypes;
import dev.weft.json.MalformedJson;
import dev.weft.json.RawJson;
import dev.weft.tailcfg.DnsConfig;
import dev.weft.tailcfg.DnsRecord;
import dev.weft.tailcfg.Resolver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// How the tailnet's DNS settings read.
final class DnsText {
  private DnsText() {}

  /// @param system what the machine resolves with, as the daemon's JSON
  /// @param problem why that is not known; or empty
  static String status(
      boolean used,
      TailnetStatus tailnet,
      String self,
      DnsConfig config,
      String system,
      String problem)
      throws Failure {
    StringBuilder out = new StringBuilder("\nTailnet DNS: ");
    out.append(
        used
            ? "accepted ('weft set --accept-dns=false' leaves names to the system).\n"
            : "not accepted ('weft set --accept-dns' uses what the tailnet says).\n");
    out.append("\nFrom the control server\n\n");
    out.append(
        tailnet.magicDnsEnabled()
            ? "MagicDNS: enabled tailnet-wide (suffix = " + tailnet.magicDnsSuffix() + ")\n"
            : "MagicDNS: disabled tailnet-wide.\n");
    out.append("This node: ").append(self).append("\n");
    list(out, "Resolvers", addresses(config.resolvers()));
    List<String> routes = new ArrayList<>();
    config
        .routes()
        .forEach((suffix, to) ->
            routes.add(suffix + " -> " + (to.isEmpty() ? "this node" : addresses(to))));
    list(out, "Split DNS routes", routes);
    list(out, "Fallback resolvers", addresses(config.fallbackResolvers()));
    list(out, "Search domains", config.domains());
    list(out, "Certificate domains", config.certDomains());
    List<String> records = new ArrayList<>();
    for (DnsRecord record : config.extraRecords()) {
      String type = record.type().isEmpty() ? "" : " (" + record.type() + ")";
      records.add(record.name() + type + " -> " + record.value());
    }
    list(out, "Extra records", records);
    out.append("\nOf this machine\n");
    if (!problem.isEmpty()) {
      return out.append("\n  (not known: ").append(problem).append(")\n").toString();
    }
    for (Map.Entry<String, RawJson> entry : fields(system).entrySet()) {
      list(out, entry.getKey(), texts(entry.getValue()));
    }
    return out.toString();
  }

  private static void list(StringBuilder out, String title, List<String> lines) {
    out.append('\n').append(title).append(":\n");
    if (lines.isEmpty()) {
      out.append("  (none)\n");
    }
    lines.forEach(line -> out.append("  - ").append(line).append('\n'));
  }

  private static List<String> addresses(List<Resolver> resolvers) {
    List<String> addresses = new ArrayList<>();
    resolvers.forEach(resolver -> addresses.add(resolver.addr()));
    return addresses;
  }

  /// Under the names of the original's `dns status --json`.
  static String json(
      boolean used,
      TailnetStatus tailnet,
      String self,
      DnsConfig config,
      String system,
      String problem)
      throws Failure {
    StringBuilder out = new StringBuilder("{\"TailscaleDNS\":").append(used);
    out.append(",\"CurrentTailnet\":{\"MagicDNSEnabled\":").append(tailnet.magicDnsEnabled());
    out.append(",\"MagicDNSSuffix\":").append(quoted(tailnet.magicDnsSuffix()));
    out.append(",\"SelfDNSName\":").append(quoted(self)).append('}');
    resolvers(out, "Resolvers", config.resolvers());
    out.append(",\"SplitDNSRoutes\":{");
    boolean first = true;
    for (Map.Entry<String, List<Resolver>> route : config.routes().entrySet()) {
      out.append(first ? "" : ",").append(quoted(route.getKey())).append(':');
      resolverList(out, route.getValue());
      first = false;
    }
    out.append('}');
    resolvers(out, "FallbackResolvers", config.fallbackResolvers());
    strings(out, "SearchDomains", config.domains());
    strings(out, "CertDomains", config.certDomains());
    if (!config.extraRecords().isEmpty()) {
      out.append(",\"ExtraRecords\":")
          .append(Json.encodeToText(JsonTypes.listOf(DnsRecord.JSON), config.extraRecords()));
    }
    strings(out, "ExitNodeFilteredSet", config.exitNodeFilteredSet());
    if (problem.isEmpty()) {
      fields(system); // whole
      out.append(",\"SystemDNS\":").append(system);
    } else {
      out.append(",\"SystemDNSError\":").append(quoted(problem));
    }
    return JsonIndent.indent(out.append('}').toString(), "  ") + '\n';
  }

  private static void resolvers(StringBuilder out, String name, List<Resolver> resolvers) {
    if (!resolvers.isEmpty()) {
      out.append(",\"").append(name).append("\":");
      resolverList(out, resolvers);
    }
  }

  private static void resolverList(StringBuilder out, List<Resolver> resolvers) {
    out.append(Json.encodeToText(JsonTypes.listOf(Resolver.JSON), resolvers));
  }

  private static void strings(StringBuilder out, String name, List<String> values) {
    if (!values.isEmpty()) {
      out.append(",\"").append(name).append("\":");
      out.append(Json.encodeToText(JsonTypes.listOf(STRING), values));
    }
  }

  private static Map<String, RawJson> fields(String object) throws Failure {
    try {
      return Json.decode(JsonTypes.mapOf(RawJson.JSON), object);
    } catch (MalformedJson e) {
      throw Failure.of("the daemon's answer makes no sense: " + e.getMessage());
    }
  }

  private static List<String> texts(RawJson list) throws Failure {
    try {
      return Json.decode(JsonTypes.listOf(STRING), list.text());
    } catch (MalformedJson e) {
      throw Failure.of("the daemon's answer makes no sense: " + e.getMessage());
    }
  }

  private static String quoted(String text) {
    return Json.encodeToText(STRING, text);
  }
}
