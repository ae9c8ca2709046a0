package dev.weft.cli;

import static dev.weft.json.JsonTypes.STRING;

import dev.weft.ipn.Prefs;
import dev.weft.json.Json;
import dev.weft.json.JsonIndent;
import java.util.ArrayList;
import java.util.List;

/// `weft get`: the settings of this node, under the names that `weft set` has for them.
final class GetCommand implements Command {
  private final FlagSet flags = new FlagSet("weft get");
  private final Flag<Boolean> json = flags.flag("json", false, "print as JSON");
  private final Flag<Boolean> setFlags =
      flags.flag("set-flags", false, "print as flags for 'weft set'");

  @Override
  public String arguments() {
    return "[flags] [setting]";
  }

  @Override
  public String summary() {
    return "Show the settings of this node";
  }

  @Override
  public FlagSet flags() {
    return flags;
  }

  @Override
  public int run(List<String> args, Terminal terminal, Daemon daemon) throws Failure {
    if (args.size() > 1) {
      throw Failure.usage("weft get: names one setting at most");
    }
    boolean all = args.isEmpty() || args.getFirst().equals("all");
    List<Setting> shown = all ? settings() : List.of(setting(args.getFirst()));
    Prefs prefs = daemon.prefs();
    if (json.value()) {
      terminal.out().println(json(shown, prefs));
    } else if (setFlags.value()) {
      List<String> written = new ArrayList<>();
      shown.forEach(setting -> written.add(setting.written(prefs)));
      terminal.out().println(String.join(" ", written));
    } else if (all) {
      Table table = new Table();
      table.row("NAME", "VALUE");
      shown.forEach(
          setting -> table.row(setting.flag().name(), setting.from().apply(prefs).toString()));
      terminal.out().print(table.render());
    } else {
      terminal.out().println(shown.getFirst().from().apply(prefs));
    }
    return 0;
  }

  /// In the order of the alphabet, as the original shows them.
  private static List<Setting> settings() {
    List<Setting> all = new ArrayList<>(Settings.ofSet(new FlagSet("weft set")).all());
    all.sort((a, b) -> a.flag().name().compareTo(b.flag().name()));
    return all;
  }

  private static Setting setting(String name) throws Failure {
    List<String> names = new ArrayList<>();
    for (Setting setting : settings()) {
      if (setting.flag().name().equals(name)) {
        return setting;
      }
      names.add(setting.flag().name());
    }
    String nearest = Suggestion.nearest(name, names);
    throw Failure.of(
        "weft get: no setting \""
            + name
            + '"'
            + (nearest == null ? "" : "; did you mean " + nearest + "?")
            + " ('weft get' lists them)");
  }

  private static String json(List<Setting> settings, Prefs prefs) {
    StringBuilder out = new StringBuilder("{");
    for (Setting setting : settings) {
      Object value = setting.from().apply(prefs);
      out.append(out.length() > 1 ? "," : "")
          .append(Json.encodeToText(STRING, setting.flag().name()))
          .append(':')
          .append(value instanceof Boolean ? value : Json.encodeToText(STRING, value.toString()));
    }
    return JsonIndent.indent(out.append('}').toString(), "  ");
  }
}
