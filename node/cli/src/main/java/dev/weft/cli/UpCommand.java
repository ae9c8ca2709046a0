package dev.weft.cli;

import static dev.weft.json.JsonTypes.STRING;

import dev.weft.ipn.MaskedPrefs;
import dev.weft.ipn.Notify;
import dev.weft.ipn.Options;
import dev.weft.ipn.PeerStatus;
import dev.weft.ipn.Pref;
import dev.weft.ipn.Prefs;
import dev.weft.ipn.State;
import dev.weft.ipn.Status;
import dev.weft.json.Json;
import dev.weft.json.JsonIndent;
import dev.weft.keys.NodeKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// `weft up`: connects, and logs in where that is needed.
final class UpCommand implements Command {
  private final UpFlags flags = new UpFlags();

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
    UpPlan plan = UpPlan.of(flags, daemon.prefs(), status.backendState(), user);
    switch (plan) {
      case UpPlan.Edit(MaskedPrefs change) -> daemon.editPrefs(change);
      case UpPlan.Connect _, UpPlan.Start _ -> connect(plan, authKey, status, terminal, daemon);
    }
    return 0;
  }

  private void connect(UpPlan plan, String authKey, Status before, Terminal terminal, Daemon daemon)
      throws Failure, IOException {
    // The watch first: an event that comes before it is lost.
    try (EventReader events = daemon.watch();
        Deadline deadline = Deadline.closing(events, flags.timeout.value())) {
      try {
        begin(plan, authKey, before, daemon);
        new Progress(terminal, before, flags).follow(events);
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

  /// Tells how the connection comes about, until it stands.
  private static final class Progress {
    private final Terminal terminal;
    private final UpFlags flags;
    private final NodeKey oldKey;
    private final String oldUrl;
    private String printedUrl = "";
    private boolean printed;
    private boolean running;
    private boolean awaitsNewKey;

    Progress(Terminal terminal, Status before, UpFlags flags) {
      PeerStatus self = before.self();
      this.terminal = terminal;
      this.flags = flags;
      this.oldKey = self == null ? NodeKey.ZERO : self.publicKey();
      this.oldUrl = before.authUrl();
      this.awaitsNewKey = flags.forceReauth.value();
    }

    void follow(EventReader events) throws Failure {
      while (true) {
        Optional<Notify> event = events.next();
        if (event.isEmpty()) {
          throw Failure.of("the daemon ended before the node was connected");
        }
        if (isDone(event.get())) {
          done();
          return;
        }
      }
    }

    private boolean isDone(Notify event) throws Failure {
      if (event.errMessage() != null) {
        throw failed(event.errMessage());
      }
      State state = event.state();
      if (state != null) {
        running = state == State.RUNNING;
        if (state == State.NEEDS_MACHINE_AUTH) {
          awaitApproval();
        }
      }
      if (event.selfChange() != null && !event.selfChange().key().equals(oldKey)) {
        awaitsNewKey = false;
      }
      if (running && !awaitsNewKey) {
        return true;
      }
      if (event.browseToUrl() != null) {
        offer(event.browseToUrl());
      }
      return false;
    }

    private Failure failed(String message) {
      if (flags.json.value()) {
        printJson("", "", message);
        return Failure.silent();
      }
      return Failure.of("backend error: " + message);
    }

    private void awaitApproval() {
      printed = true;
      if (flags.json.value()) {
        printJson("", State.NEEDS_MACHINE_AUTH.toString(), "");
      } else {
        terminal.err().println("\nTo approve your machine, ask an administrator of the tailnet.\n");
      }
    }

    /// With a key there is no page to visit; one that is left from an earlier try would mislead.
    private void offer(String url) {
      boolean stale = flags.forceReauth.value() && url.equals(oldUrl);
      boolean wanted = !url.isEmpty() && flags.authKey.value().isEmpty() && !stale;
      if (!wanted || url.equals(printedUrl)) {
        return;
      }
      printed = true;
      printedUrl = url;
      if (flags.json.value()) {
        printJson(url, State.NEEDS_LOGIN.toString(), "");
      } else {
        terminal.err().println("\nTo authenticate, visit:\n\n\t" + url + "\n");
      }
    }

    private void done() {
      if (flags.json.value()) {
        printJson("", State.RUNNING.toString(), "");
      } else if (printed) {
        terminal.err().println("Success.");
      }
    }

    private void printJson(String authUrl, String state, String error) {
      StringBuilder json = new StringBuilder("{");
      field(json, "AuthURL", authUrl);
      field(json, "BackendState", state);
      field(json, "Error", error);
      terminal.out().println(JsonIndent.indent(json.append('}').toString(), "\t"));
    }

    private static void field(StringBuilder json, String name, String value) {
      if (!value.isEmpty()) {
        json.append(json.length() > 1 ? "," : "");
        json.append('"').append(name).append("\":").append(Json.encodeToText(STRING, value));
      }
    }
  }
}
