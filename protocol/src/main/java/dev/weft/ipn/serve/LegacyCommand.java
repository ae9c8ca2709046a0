package dev.weft.ipn.serve;

import dev.weft.ipn.serve.ServeRequest.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The grammar of the first `tailscale serve`, still found in scripts and articles: `serve https /
/// 3000`, `serve tcp:22 22 off`, `funnel 443 on`.
final class LegacyCommand {
  private static final String CHANGED = "Error: the CLI for serve and funnel has changed.";

  private LegacyCommand() {}

  /// What to tell somebody who used it, or null when they did not.
  static @Nullable String translate(Mode mode, List<String> args) {
    if (mode == Mode.FUNNEL) {
      boolean old =
          args.size() == 2
              && args.get(0).matches("\\d+")
              && Set.of("on", "off").contains(args.get(1));
      return old ? CHANGED : null;
    }
    boolean off = args.size() > 1 && args.getLast().equals("off");
    List<String> rest = off ? args.subList(0, args.size() - 1) : args;
    if (rest.isEmpty()) {
      return null;
    }
    int colon = rest.getFirst().indexOf(':');
    String kind = colon < 0 ? rest.getFirst() : rest.getFirst().substring(0, colon);
    boolean isWeb = kind.equals("https") || kind.equals("http");
    boolean isTcp = kind.equals("tcp") || kind.equals("tls-terminated-tcp");
    if (!isWeb && !(isTcp && colon >= 0)) {
      return null;
    }
    int complete = isWeb ? 3 : 2;
    if (rest.size() != complete && !(off && rest.size() == complete - 1)) {
      return null;
    }
    String port =
        colon >= 0 ? rest.getFirst().substring(colon + 1) : kind.equals("https") ? "443" : "80";
    // "tcp://host:port" is today's grammar.
    if (!port.matches("\\d{1,5}")) {
      return null;
    }
    return CHANGED
        + " You can run the following command instead:\n\t- "
        + command(kind, port, rest, off, rest.size() == complete);
  }

  private static String command(
      String kind, String port, List<String> args, boolean off, boolean hasTarget) {
    List<String> words = new ArrayList<>(List.of("weft", "serve", "--bg"));
    if (!kind.equals("https") || !port.equals("443")) {
      words.add("--" + kind + " " + port);
    }
    if (kind.startsWith("http") && !args.get(1).equals("/")) {
      words.add("--set-path " + args.get(1));
    }
    if (hasTarget) {
      String target = args.getLast();
      words.add(target.contains(" ") ? "\"" + target + "\"" : target);
    }
    if (off) {
      words.add("off");
    }
    return String.join(" ", words);
  }
}
