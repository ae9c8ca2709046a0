package dev.weft.cli;

import dev.weft.ipn.MaskedPrefs;
import dev.weft.ipn.Prefs;
import java.util.List;

/// `weft set`: changes the settings that are mentioned, and no others.
final class SetCommand implements Command {
  private final FlagSet flags = new FlagSet("weft set");
  private final Settings settings = Settings.ofSet(flags);

  SetCommand() {
    flags.text("accept-risk", "RISK", "", "accepted for scripts written for tailscale").hidden();
  }

  @Override
  public String arguments() {
    return "[flags]";
  }

  @Override
  public String summary() {
    return "Change single settings of this node";
  }

  @Override
  public FlagSet flags() {
    return flags;
  }

  @Override
  public int run(List<String> args, Terminal terminal, Daemon daemon) throws Failure {
    expectNoArguments(args);
    if (!flags.anySet()) {
      throw Failure.usage("weft set: name what to change ('weft set --help' lists the settings)");
    }
    Prefs wanted = daemon.prefs();
    MaskedPrefs change = MaskedPrefs.NONE;
    for (Setting setting : settings.all()) {
      if (setting.flag().isSet()) {
        wanted = setting.into().apply(wanted);
      }
    }
    for (Setting setting : settings.all()) {
      if (setting.flag().isSet()) {
        change = setting.addTo(change, wanted);
      }
    }
    daemon.checkPrefs(wanted);
    daemon.editPrefs(change);
    return 0;
  }
}
