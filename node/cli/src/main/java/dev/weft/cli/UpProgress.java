package dev.weft.cli;

import static dev.weft.json.JsonTypes.STRING;

import dev.weft.ipn.HealthState;
import dev.weft.ipn.HealthState.Warning;
import dev.weft.ipn.Notify;
import dev.weft.ipn.PeerStatus;
import dev.weft.ipn.State;
import dev.weft.ipn.Status;
import dev.weft.json.Json;
import dev.weft.json.JsonIndent;
import dev.weft.keys.NodeKey;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Tells how a connection comes about, until it stands or cannot.
///
/// A problem that only the user can solve, such as a key that is used up, ends it at once. One that
/// may pass, such as a control server that does not answer, is told and waited for: as long as
/// `--timeout` says, or for [#PATIENCE].
final class UpProgress {
  /// How long an unreachable control server is waited for when no time limit was given.
  static final Duration PATIENCE = Duration.ofSeconds(15);

  private final Terminal terminal;
  private final UpFlags flags;
  private final Duration patienceLimit;
  private final EventReader events;
  private final NodeKey oldKey;
  private final String oldUrl;
  private final Collection<Warning> oldWarnings;
  private String printedUrl = "";
  private boolean printed;
  private boolean running;
  private boolean awaitsNewKey;
  private boolean awaitsPerson;
  private @Nullable Warning problem;
  private @Nullable Deadline patience;

  /// Hears the first event of the watch, which says what was wrong before anything was asked for.
  UpProgress(
      Terminal terminal, Status before, UpFlags flags, Duration patienceLimit, EventReader events)
      throws Failure {
    PeerStatus self = before.self();
    this.terminal = terminal;
    this.flags = flags;
    this.patienceLimit = patienceLimit;
    this.events = events;
    this.oldKey = self == null ? NodeKey.ZERO : self.publicKey();
    this.oldUrl = before.authUrl();
    this.awaitsNewKey = flags.forceReauth.value();
    Optional<Notify> first = events.next();
    // A node that only gets another key stays connected meanwhile, and is not told to be again.
    this.running = awaitsNewKey && first.map(Notify::state).orElse(null) == State.RUNNING;
    HealthState health = first.map(Notify::health).orElse(null);
    this.oldWarnings = health == null ? List.of() : health.warnings().values();
    oldWarnings.forEach(this::await);
  }

  void follow() throws Failure {
    try {
      boolean connected = false;
      while (!connected) {
        connected = isDone(next());
      }
      done();
    } catch (Failure e) {
      boolean outOfPatience = patience != null && patience.hasPassed();
      throw outOfPatience && problem != null
          ? failed(problem.text() + "; the daemon keeps trying, see 'weft status'")
          : e;
    } finally {
      endPatience();
    }
  }

  private Notify next() throws Failure {
    Optional<Notify> event = events.next();
    return event.orElseThrow(() -> Failure.of("the daemon ended before the node was connected"));
  }

  private boolean isDone(Notify event) throws Failure {
    if (event.errMessage() != null) {
      throw failed("backend error: " + event.errMessage());
    }
    if (event.health() != null) {
      judge(event.health().warnings().values());
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

  /// A warning that was there before may be about what is being mended right now.
  private void judge(Collection<Warning> warnings) throws Failure {
    problem = null;
    for (Warning warning : warnings) {
      boolean isNew = !oldWarnings.contains(warning);
      if (isNew && warning.impactsConnectivity() && warning.severity().equals("high")) {
        throw failed(warning.text());
      }
      await(warning);
    }
    if (problem == null) {
      endPatience();
    }
  }

  private void await(Warning warning) {
    if (problem == null && warning.impactsConnectivity()) {
      problem = warning;
      if (patience == null && !awaitsPerson && flags.timeout.value().isZero()) {
        patience = Deadline.closing(events, patienceLimit);
      }
    }
  }

  private void endPatience() {
    if (patience != null) {
      patience.close();
      patience = null;
    }
  }

  private Failure failed(String message) {
    if (flags.json.value()) {
      printJson("", "", message);
      return Failure.silent();
    }
    return Failure.of(message);
  }

  private void awaitApproval() {
    awaitPerson();
    if (flags.json.value()) {
      printJson("", State.NEEDS_MACHINE_AUTH.toString(), "");
    } else {
      terminal.err().println("\nTo approve your machine, ask an administrator of the tailnet.\n");
    }
  }

  /// People take the time that they take.
  private void awaitPerson() {
    printed = true;
    awaitsPerson = true;
    endPatience();
  }

  /// With a key there is no page to visit; one that is left from an earlier try would mislead.
  private void offer(String url) {
    boolean stale = flags.forceReauth.value() && url.equals(oldUrl);
    boolean wanted = !url.isEmpty() && flags.authKey.value().isEmpty() && !stale;
    if (!wanted || url.equals(printedUrl)) {
      return;
    }
    awaitPerson();
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
