package dev.weft.cli;

import dev.weft.ipn.MaskedPrefs;
import dev.weft.ipn.Options;
import dev.weft.ipn.Pref;
import dev.weft.ipn.Prefs;
import dev.weft.ipn.State;
import dev.weft.ipn.Status;
import dev.weft.ipn.WatchOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// `weft up`: connects, and logs in where that is needed.
final class UpCommand implements Command {
  private final UpFlags flags;
  private final Duration patience;

  UpCommand() {
    this(UpProgress.PATIENCE);
  }

  /// @param patience how long a problem that may pass is waited for when no time limit is given
  UpCommand(Duration patience) {
    this(new UpFlags("weft up"), patience);
  }

  /// For a command that does more than `up`.
  UpCommand(UpFlags flags, Duration patience) {
    this.flags = flags;
    this.patience = patience;
  }

  @Override
  public String arguments() {
    return "[flags]";
  }

  @Override
  public String summary() {
    return "Connect to the tailnet, logging in if needed";
  }

  @Override
  public FlagSet flags() {
    return flags.set;
  }

  @Override
  public int run(List<String> args, Terminal terminal, Daemon daemon) throws Failure, IOException {
    expectNoArguments(args);
    String authKey = authKey();
    Status status = daemon.status(false);
    String user = terminal.environment().getOrDefault("USER", "");
    Prefs prefs = daemon.prefs();
    UpPlan plan = UpPlan.of(flags, prefs, status.backendState(), user);
    switch (plan) {
      case UpPlan.Edit(MaskedPrefs change) -> daemon.editPrefs(change);
      case UpPlan.Connect _, UpPlan.Start _ -> {
        boolean sameLogin =
            authKey.isEmpty() && !flags.forceReauth.value() && keepsServer(plan, prefs);
        connect(plan, authKey, status, sameLogin, terminal, daemon);
      }
    }
    return 0;
  }

  private static boolean keepsServer(UpPlan plan, Prefs before) {
    return !(plan instanceof UpPlan.Start(Prefs next))
        || next.controlUrl().equals(before.controlUrl());
  }

  private void connect(
      UpPlan plan,
      String authKey,
      Status before,
      boolean sameLogin,
      Terminal terminal,
      Daemon daemon)
      throws Failure, IOException {
    // The watch first: an event that comes before it is lost. The state is asked for because the
    // original tells the health of the moment only beside it.
    try (EventReader events =
            daemon.watch(WatchOption.INITIAL_STATE, WatchOption.INITIAL_HEALTH_STATE);
        Deadline deadline = Deadline.closing(events, flags.timeout.value())) {
      try {
        UpProgress progress = new UpProgress(terminal, before, flags, patience, events);
        begin(plan, authKey, before, daemon);
        // A node that was on its way when we looked may have arrived before the watch began;
        // nothing
        // more is told then, as nothing changes.
        boolean arrived = sameLogin && daemon.status(false).backendState() == State.RUNNING;
        if (!arrived) {
          progress.follow();
        }
      } catch (Failure e) {
        throw deadline.hasPassed() ? timedOut(daemon) : e;
      }
    }
  }

  private void begin(UpPlan plan, String authKey, Status before, Daemon daemon) throws Failure {
    if (!(plan instanceof UpPlan.Start(Prefs prefs))) {
      daemon.editPrefs(MaskedPrefs.NONE.with(Pref.WANT_RUNNING, true));
      return;
    }
    daemon.checkPrefs(prefs);
    daemon.start(new Options(prefs, authKey));
    if (flags.forceReauth.value() || !before.haveNodeKey()) {
      daemon.loginInteractive();
    }
  }

  private static Failure timedOut(Daemon daemon) throws Failure {
    Status status = daemon.status(false);
    String cause = status.health().isEmpty() ? "" : ": " + String.join(" ", status.health());
    return Failure.of(
        "timeout: not connected yet, state "
            + status.backendState()
            + cause
            + "; see 'weft status'");
  }

  private String authKey() throws Failure {
    String given = flags.authKey.value();
    if (!given.startsWith("file:")) {
      return given;
    }
    Path file = Path.of(given.substring("file:".length()));
    try {
      String key = Files.readString(file).strip();
      if (key.isEmpty()) {
        throw Failure.of("the auth key file " + file + " is empty");
      }
      return key;
    } catch (IOException _) {
      throw Failure.of("cannot read the auth key file " + file);
    }
  }
}
