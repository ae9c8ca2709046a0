package dev.weft.cli;

import static dev.weft.json.JsonTypes.BASE64;
import static dev.weft.json.JsonTypes.STRING;

import dev.weft.dns.DnsReply;
import dev.weft.dns.DnsType;
import dev.weft.ipn.Status;
import dev.weft.ipn.TailnetStatus;
import dev.weft.json.Json;
import dev.weft.json.JsonIndent;
import dev.weft.json.JsonType;
import dev.weft.json.JsonTypes;
import dev.weft.json.MalformedJson;
import dev.weft.json.ObjectType;
import dev.weft.tailcfg.DnsConfig;
import dev.weft.tailcfg.Resolver;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// `weft dns`: what the tailnet says of names, and what a name leads to.
final class DnsCommand implements Command {
  private static final List<String> CODES =
      List.of(
          "RCodeSuccess",
          "RCodeFormatError",
          "RCodeServerFailure",
          "RCodeNameError",
          "RCodeNotImplemented",
          "RCodeRefused");

  private final FlagSet flags = new FlagSet("weft dns");

  @Override
  public String arguments() {
    return "status [--json] | query [--json] <name> [type]";
  }

  @Override
  public String summary() {
    return "Show the tailnet's DNS settings, or look a name up";
  }

  @Override
  public FlagSet flags() {
    return flags;
  }

  @Override
  public int run(List<String> args, Terminal terminal, Daemon daemon) throws Failure {
    String verb = args.isEmpty() ? "" : args.getFirst();
    if (!verb.equals("status") && !verb.equals("query")) {
      throw Failure.usage("usage: weft dns " + arguments());
    }
    FlagSet own = new FlagSet("weft dns " + verb);
    Flag<Boolean> json = own.flag("json", false, "print as JSON");
    own.flag("all", false, "accepted: everything is shown").hidden();
    List<String> rest;
    try {
      rest = own.parse(args.subList(1, args.size()));
    } catch (FlagSet.HelpWanted _) {
      terminal.out().println("usage: weft dns " + arguments());
      return 0;
    }
    terminal
        .out()
        .print(verb.equals("status") ? status(rest, json, daemon) : query(rest, json, daemon));
    return 0;
  }

  private static String status(List<String> args, Flag<Boolean> json, Daemon daemon)
      throws Failure {
    if (!args.isEmpty()) {
      throw Failure.usage("weft dns status: takes no arguments");
    }
    Status status = daemon.status(false);
    TailnetStatus tailnet = status.currentTailnet();
    boolean used = daemon.prefs().corpDns();
    if (tailnet == null || status.self() == null) {
      throw Failure.of("no network map yet: connect first, with 'weft up'");
    }
    DnsConfig config = daemon.dnsConfig();
    String system;
    String problem = "";
    try {
      system = daemon.systemDnsJson().strip();
    } catch (Failure e) {
      system = "{}";
      problem = e.getMessage().lines().findFirst().orElse("");
    }
    String self = status.self().dnsName();
    return json.value()
        ? DnsText.json(used, tailnet, self, config, system, problem)
        : DnsText.status(used, tailnet, self, config, system, problem);
  }

  private static String query(List<String> args, Flag<Boolean> json, Daemon daemon) throws Failure {
    if (args.isEmpty() || args.size() > 2) {
      throw Failure.usage("usage: weft dns query [--json] <name> [type]");
    }
    String name = args.getFirst();
    String type = args.size() > 1 ? args.get(1).toUpperCase(Locale.ROOT) : "A";
    Answer answer;
    try {
      answer = Json.decode(Answer.JSON, daemon.dnsQueryJson(name, type));
    } catch (MalformedJson e) {
      throw Failure.of("the daemon's answer makes no sense: " + e.getMessage());
    }
    DnsReply reply =
        DnsReply.parse(answer.bytes)
            .orElseThrow(() -> Failure.of("the daemon's answer is no DNS message"));
    return json.value() ? json(name, type, answer, reply) : text(name, type, answer, reply);
  }

  private static String code(DnsReply reply) {
    int code = reply.responseCode();
    return code < CODES.size() ? CODES.get(code) : "RCode" + code;
  }

  private static String text(String name, String type, Answer answer, DnsReply reply) {
    StringBuilder out = new StringBuilder();
    out.append("DNS query for \"").append(name).append("\" (").append(type).append("):\n\n");
    if (answer.resolvers.isEmpty()) {
      out.append("Answered by the daemon itself\n");
    } else {
      out.append("Resolvers asked:\n");
      answer.resolvers.forEach(resolver -> out.append("  - ").append(resolver).append('\n'));
    }
    out.append("\nResponse code: ").append(code(reply)).append("\n\n");
    if (reply.answers().isEmpty()) {
      return out.append("No answers were returned.\n").toString();
    }
    Table table = new Table();
    table.row("Name", "TTL", "Class", "Type", "Body");
    table.row("----", "---", "-----", "----", "----");
    for (DnsReply.Answer each : reply.answers()) {
      table.row(
          each.name(), Long.toString(each.ttl()), className(each), typeName(each), each.body());
    }
    return out.append(table.render()).append('\n').toString();
  }

  private static String className(DnsReply.Answer answer) {
    return answer.recordClass() == 1 ? "ClassINET" : "Class" + answer.recordClass();
  }

  private static String typeName(DnsReply.Answer answer) {
    return "Type"
        + DnsType.ofCode(answer.type()).map(Enum::name).orElse(Integer.toString(answer.type()));
  }

  private static String json(String name, String type, Answer answer, DnsReply reply) {
    StringBuilder out = new StringBuilder("{\"Name\":");
    out.append(quoted(name)).append(",\"QueryType\":").append(quoted(type));
    if (!answer.resolvers.isEmpty()) {
      out.append(",\"Resolvers\":[");
      for (int i = 0; i < answer.resolvers.size(); i++) {
        out.append(i == 0 ? "" : ",");
        out.append("{\"Addr\":").append(quoted(answer.resolvers.get(i))).append('}');
      }
      out.append(']');
    }
    out.append(",\"ResponseCode\":").append(quoted(code(reply)));
    out.append(",\"Answers\":[");
    for (int i = 0; i < reply.answers().size(); i++) {
      DnsReply.Answer each = reply.answers().get(i);
      out.append(i == 0 ? "" : ",");
      out.append("{\"Name\":").append(quoted(each.name()));
      out.append(",\"TTL\":").append(each.ttl());
      out.append(",\"Class\":").append(quoted(className(each)));
      out.append(",\"Type\":").append(quoted(typeName(each)));
      out.append(",\"Body\":").append(quoted(each.body())).append('}');
    }
    return JsonIndent.indent(out.append("]}").toString(), "  ") + '\n';
  }

  private static String quoted(String text) {
    return Json.encodeToText(STRING, text);
  }

  /// What the daemon answers to a question.
  private static final class Answer {
    static final JsonType<Answer> JSON =
        ObjectType.<Answer, Answer>of(Answer::new, answer -> answer)
            .always("Bytes", BASE64, answer -> answer.bytes, (answer, v) -> answer.bytes = v)
            .always(
                "Resolvers",
                JsonTypes.listOf(Resolver.JSON),
                _ -> List.of(),
                (answer, v) -> v.forEach(resolver -> answer.resolvers.add(resolver.addr())))
            .build();

    private byte[] bytes = {};
    private final List<String> resolvers = new ArrayList<>();
  }
}
