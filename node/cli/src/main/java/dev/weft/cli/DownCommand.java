package dev.weft.cli;

import dev.weft.ipn.MaskedPrefs;
import dev.weft.ipn.Pref;
import dev.weft.ipn.State;
import java.util.List;

/// `weft down`: leaves the tailnet until the next `up`, and stays logged in.
final class DownCommand implements Command {
  private final FlagSet flags = new FlagSet("weft down");

  DownCommand() {
    flags.text("reason", "TEXT", "", "accepted for scripts written for tailscale").hidden();
    flags.text("accept-risk", "RISK", "", "accepted for scripts written for tailscale").hidden();
  }

  @Override
  public String arguments() {
    return "";
  }

  @Override
  public String summary() {
    return "Disconnect from the tailnet and stay logged in";
  }

  @Override
  public FlagSet flags() {
    return flags;
  }

  @Override
  public int run(List<String> args, Terminal terminal, Daemon daemon) throws Failure {
    expectNoArguments(args);
    if (daemon.status(false).backendState() == State.STOPPED) {
      terminal.err().println("Weft was already stopped.");
      return 0;
    }
    daemon.editPrefs(MaskedPrefs.NONE.with(Pref.WANT_RUNNING, false));
    return 0;
  }
}
