package dev.weft.cli;

import dev.weft.ipn.Prefs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// `weft login`: adds a login to those that this node has, and uses it.
final class LoginCommand implements Command {
  private final UpFlags flags = new UpFlags("weft login");

  LoginCommand() {
    flags.settings.withNickname();
  }

  @Override
  public String arguments() {
    return "[flags]";
  }

  @Override
  public String summary() {
    return "Log in with another account, beside those there are";
  }

  @Override
  public FlagSet flags() {
    return flags.set;
  }

  @Override
  public int run(List<String> args, Terminal terminal, Daemon daemon) throws Failure, IOException {
    expectNoArguments(args);
    flags.prefs(); // wrong flags are found before anything is changed
    if (!flags.isSet("login-server")) {
      Prefs before = daemon.prefs();
      if (before.controlUrl().isEmpty()) {
        throw Failure.of("this node has no control server yet: name one with --login-server=URL");
      }
      flags.settings.find("login-server").orElseThrow().flag().take(before.controlUrl());
    }
    daemon.beginProfile();
    return new UpCommand(flags, UpProgress.PATIENCE).run(new ArrayList<>(), terminal, daemon);
  }
}
