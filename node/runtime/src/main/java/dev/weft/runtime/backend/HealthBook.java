package dev.weft.runtime.backend;

import dev.weft.ipn.HealthState;
import dev.weft.ipn.State;
import dev.weft.runtime.control.ControlProblem;
import dev.weft.runtime.control.NetworkMap;
import dev.weft.tailcfg.DisplayMessage;
import dev.weft.tailcfg.Node;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What does not work at the moment, for people: one warning per thing, each saying what to do
/// where there is something to do. Codes are those of the original where it has one.
final class HealthBook {
  private static final Duration EXPIRY_NOTICE = Duration.ofDays(7);

  private HealthBook() {}

  /// @param relayNotice what the home relay says is wrong with our connection; null when nothing is
  /// @param stateProblem why what changed last is not saved
  /// @param relayProblem why the home relay is not connected; null when it is, or none is wanted
  static HealthState of(
      Instant now,
      State state,
      Optional<ControlProblem> problem,
      Optional<NetworkMap> map,
      boolean fromCache,
      @Nullable String relayProblem,
      @Nullable String relayNotice,
      Optional<String> stateProblem) {
    SortedMap<String, HealthState.Warning> warnings = new TreeMap<>();
    if (state != State.STOPPED && state != State.NO_STATE) {
      problem.ifPresent(p -> add(warnings, control(p, fromCache)));
      if (relayProblem != null) {
        add(
            warnings,
            warning(
                "no-derp-connection",
                "medium",
                "Relay unavailable",
                "Weft could not connect to its home relay: " + relayProblem,
                null));
      }
      if (relayNotice != null) {
        add(
            warnings,
            warning(
                "derp-region-error",
                "medium",
                "The relay reports a problem",
                "The home relay says: " + relayNotice,
                null));
      }
    }
    stateProblem.ifPresent(why ->
        add(
            warnings,
            warning(
                "state-not-saved",
                "high",
                "Changes are not saved",
                "What has changed since would be lost by a restart: " + why,
                null)));
    map.ifPresent(m -> {
      fromControl(m, warnings);
      expiry(now, m.self(), warnings);
    });
    return new HealthState(warnings);
  }

  private static HealthState.Warning control(ControlProblem problem, boolean fromCache) {
    String since = problem.since().truncatedTo(ChronoUnit.SECONDS).toString();
    String text =
        problem.needsUser()
            ? problem.message()
            : "No contact with the control server since "
                + since
                + ": "
                + problem.message()
                + (fromCache ? ". Running with the network map kept from before" : "");
    return warning(
        "not-in-map-poll",
        problem.needsUser() ? "high" : "medium",
        "Control server unavailable",
        text,
        problem.since());
  }

  private static void fromControl(NetworkMap map, SortedMap<String, HealthState.Warning> warnings) {
    List<String> texts = map.health();
    for (int i = 0; i < texts.size(); i++) {
      add(
          warnings,
          warning(
              "control-health-" + i,
              "medium",
              "Message of the control server",
              texts.get(i),
              null));
    }
    map.messages()
        .forEach((id, message) -> add(warnings, display("control-health." + id, message)));
  }

  private static HealthState.Warning display(String code, DisplayMessage message) {
    String severity = message.severity().isEmpty() ? "medium" : message.severity();
    return new HealthState.Warning(
        code,
        severity,
        message.title(),
        message.text(),
        null,
        List.of(),
        message.impactsConnectivity());
  }

  private static void expiry(
      Instant now, Node self, SortedMap<String, HealthState.Warning> warnings) {
    Instant expiry = self.keyExpiry();
    if (expiry == null || expiry.isAfter(now.plus(EXPIRY_NOTICE))) {
      return;
    }
    String text =
        expiry.isAfter(now)
            ? "The node key expires at "
                + expiry.truncatedTo(ChronoUnit.SECONDS)
                + ". Run: weft up --force-reauth"
            : "The node key has expired. Log in again with: weft up --force-reauth";
    add(
        warnings,
        warning("login-state", expiry.isAfter(now) ? "medium" : "high", "Key expiry", text, null));
  }

  private static HealthState.Warning warning(
      String code, String severity, String title, String text, @Nullable Instant since) {
    return new HealthState.Warning(code, severity, title, text, since, List.of(), true);
  }

  private static void add(
      SortedMap<String, HealthState.Warning> warnings, HealthState.Warning warning) {
    warnings.put(warning.code(), warning);
  }
}
