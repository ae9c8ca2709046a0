package dev.weft.cli;

import dev.weft.ipn.WhoIsResponse;
import dev.weft.json.Json;
import dev.weft.json.JsonIndent;
import dev.weft.json.JsonTypes;
import dev.weft.json.MalformedJson;
import dev.weft.json.RawJson;
import dev.weft.tailcfg.Node;
import dev.weft.tailcfg.UserProfile;
import java.util.List;

/// `weft whois`: the machine and the person behind an address.
final class WhoIsCommand implements Command {
  private static final int MACHINE_COLUMN = 17; // as wide as the peer's tabulator makes them
  private static final int USER_COLUMN = 12;

  private final FlagSet flags = new FlagSet("weft whois");
  private final Flag<Boolean> json = flags.flag("json", false, "print everything as JSON");
  private final Flag<String> proto =
      flags.text("proto", "PROTO", "", "tcp or udp, for an address with a port");

  @Override
  public String arguments() {
    return "[flags] <ip>[:port]";
  }

  @Override
  public String summary() {
    return "Show the machine and the user behind a tailnet address";
  }

  @Override
  public FlagSet flags() {
    return flags;
  }

  @Override
  public int run(List<String> args, Terminal terminal, Daemon daemon) throws Failure {
    if (args.size() != 1) {
      throw Failure.usage("usage: weft whois [flags] <ip>[:port]");
    }
    String answer =
        daemon
            .whoisJson(args.getFirst(), proto.value())
            .orElseThrow(() -> Failure.of("peer not found"));
    terminal
        .out()
        .print(json.value() ? JsonIndent.indent(answer, "  ") + '\n' : text(decode(answer)));
    return 0;
  }

  private static WhoIsResponse decode(String answer) throws Failure {
    try {
      return Json.decode(WhoIsResponse.JSON, answer);
    } catch (MalformedJson e) {
      throw Failure.of("the daemon's answer makes no sense: " + e.getMessage());
    }
  }

  private static String text(WhoIsResponse who) {
    StringBuilder out = new StringBuilder("Machine:\n");
    Node node = who.node() == null ? Node.builder().build() : who.node();
    line(out, "Name:", MACHINE_COLUMN, StatusText.withoutLastDot(node.name()));
    line(out, "ID:", MACHINE_COLUMN, node.stableId());
    line(out, "Addresses:", MACHINE_COLUMN, list(node.addresses()));
    List<?> allowed = node.effectiveAllowedIps();
    if (allowed.size() > 2) {
      line(out, "AllowedIPs:", MACHINE_COLUMN, list(allowed.subList(2, allowed.size())));
    }
    UserProfile user = who.userProfile();
    if (!node.tags().isEmpty()) {
      line(out, "Tags:", MACHINE_COLUMN, String.join(", ", node.tags()));
    } else if (user != null) {
      out.append("User:\n");
      line(out, "Name:", USER_COLUMN, user.loginName());
      line(out, "ID:", USER_COLUMN, Long.toString(user.id()));
    }
    capabilities(out, who);
    return out.toString();
  }

  private static void capabilities(StringBuilder out, WhoIsResponse who) {
    if (who.capMap().isEmpty()) {
      return;
    }
    out.append("Capabilities:\n");
    who.capMap()
        .forEach((name, values) -> {
          out.append("  - ").append(name).append(values.isEmpty() ? "\n" : ":\n");
          if (!values.isEmpty()) {
            String json = Json.encodeToText(JsonTypes.listOf(RawJson.JSON), values);
            out.append("      ")
                .append(JsonIndent.indent(json, "  ").replace("\n", "\n      "))
                .append('\n');
          }
        });
  }

  private static void line(StringBuilder out, String label, int column, String value) {
    out.append("  ")
        .append(label)
        .repeat(' ', column - 2 - label.length())
        .append(value)
        .append('\n');
  }

  /// As Go prints a slice.
  private static String list(List<?> values) {
    StringBuilder out = new StringBuilder("[");
    for (Object value : values) {
      out.append(out.length() > 1 ? " " : "").append(value);
    }
    return out.append(']').toString();
  }
}
