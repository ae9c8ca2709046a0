package dev.weft.cli;

import static dev.weft.json.JsonTypes.STRING;

import dev.weft.ipn.LoginProfile;
import dev.weft.ipn.State;
import dev.weft.ipn.Status;
import dev.weft.json.Json;
import dev.weft.json.JsonIndent;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// `weft switch`: which of its logins the node uses.
final class SwitchCommand implements Command {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  private final FlagSet flags = new FlagSet("weft switch");
  private final Flag<Boolean> list = flags.flag("list", false, "list the logins");
  private final Flag<Boolean> json = flags.flag("json", false, "list them as JSON");
  private final Flag<Duration> timeout =
      flags.duration("timeout", Duration.ofSeconds(30), "how long to wait until connected");

  @Override
  public String arguments() {
    return "--list [--json] | <id, tailnet or account> | remove <id, tailnet or account>";
  }

  @Override
  public String summary() {
    return "Switch to another login";
  }

  @Override
  public FlagSet flags() {
    return flags;
  }

  @Override
  public int run(List<String> args, Terminal terminal, Daemon daemon) throws Failure, IOException {
    boolean remove = !args.isEmpty() && args.getFirst().equals("remove");
    if (list.value() ? !args.isEmpty() : json.value() || args.size() != (remove ? 2 : 1)) {
      throw Failure.usage("usage: weft switch " + arguments());
    }
    LoginProfile current = daemon.currentProfile();
    List<LoginProfile> all = daemon.profiles();
    if (list.value()) {
      terminal.out().print(json.value() ? json(current, all) : table(current, all));
      return 0;
    }
    String name = args.getLast();
    LoginProfile wanted =
        find(name, all).orElseThrow(() -> Failure.of("no login \"" + name + "\"; see --list"));
    if (wanted.id().equals(current.id())) {
      terminal.out().println("Already on account \"" + name + '"');
      return remove ? Failure.FAILED : 0;
    }
    if (remove) {
      daemon.deleteProfile(wanted.id());
      return 0;
    }
    daemon.useProfile(wanted.id());
    terminal.out().println("Switching to account \"" + name + '"');
    return follow(terminal, daemon);
  }

  private int follow(Terminal terminal, Daemon daemon) throws Failure, IOException {
    long end = System.nanoTime() + timeout.value().toNanos();
    while (true) {
      Status status = daemon.status(false);
      if (status.backendState() == State.RUNNING) {
        terminal.out().println("Success.");
        return 0;
      }
      String trouble = StatusText.trouble(status);
      if (trouble != null && status.backendState() != State.NO_STATE) {
        terminal.out().println(trouble);
        return status.backendState() == State.NEEDS_LOGIN ? 0 : Failure.FAILED;
      }
      if (System.nanoTime() - end > 0) {
        throw Failure.of("switched, but not connected yet; see 'weft status'");
      }
      pause();
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(BETWEEN_LOOKS);
    } catch (InterruptedException e) {
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    }
  }

  /// By ID first, then by tailnet, then by account: the more exact word wins.
  private static Optional<LoginProfile> find(String name, List<LoginProfile> all) {
    List<Function<LoginProfile, String>> ways =
        List.of(
            LoginProfile::id,
            profile -> profile.networkProfile().domainName(),
            LoginProfile::name,
            profile -> profile.networkProfile().displayNameOrDefault());
    for (Function<LoginProfile, String> way : ways) {
      for (LoginProfile profile : all) {
        if (way.apply(profile).equals(name)) {
          return Optional.of(profile);
        }
      }
    }
    return Optional.empty();
  }

  private static String table(LoginProfile current, List<LoginProfile> all) {
    Table table = new Table();
    table.row("ID", "Tailnet", "Account");
    for (LoginProfile profile : all) {
      table.row(
          profile.id(),
          profile.networkProfile().displayNameOrDefault(),
          profile.name() + (profile.id().equals(current.id()) ? "*" : ""));
    }
    return table.render();
  }

  private static String json(LoginProfile current, List<LoginProfile> all) {
    StringBuilder out = new StringBuilder("[");
    for (LoginProfile profile : all) {
      out.append(out.length() > 1 ? ",{" : "{");
      field(out, "id", profile.id()).append(',');
      field(out, "nickname", profile.name()).append(',');
      field(out, "tailnet", profile.networkProfile().displayNameOrDefault()).append(',');
      field(out, "account", profile.userProfile().loginName()).append(',');
      out.append("\"selected\":").append(profile.id().equals(current.id())).append('}');
    }
    return JsonIndent.indent(out.append(']').toString(), "  ") + '\n';
  }

  private static StringBuilder field(StringBuilder out, String name, String value) {
    return out.append('"').append(name).append("\":").append(Json.encodeToText(STRING, value));
  }
}
