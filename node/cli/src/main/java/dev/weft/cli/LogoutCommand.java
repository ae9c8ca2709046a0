package dev.weft.cli;

import java.util.List;

/// `weft logout`: disconnects and gives the login up; the next `up` needs a new one.
final class LogoutCommand implements Command {
  private final FlagSet flags = new FlagSet("weft logout");

  LogoutCommand() {
    flags.text("reason", "TEXT", "", "accepted for scripts written for tailscale").hidden();
  }

  @Override
  public String arguments() {
    return "";
  }

  @Override
  public String summary() {
    return "Disconnect from the tailnet and end the login";
  }

  @Override
  public FlagSet flags() {
    return flags;
  }

  @Override
  public int run(List<String> args, Terminal terminal, Daemon daemon) throws Failure {
    expectNoArguments(args);
    daemon.logout();
    return 0;
  }
}
