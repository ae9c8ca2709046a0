package dev.weft.cli;

import dev.weft.ipn.MaskedPrefs;
import dev.weft.ipn.Persist;
import dev.weft.ipn.Pref;
import dev.weft.ipn.Prefs;
import dev.weft.ipn.State;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// What `up` does with its flags, given what the node has now (`docs/protocol/services.md` §7.3).
sealed interface UpPlan {
  /// Connect with the settings as they are.
  record Connect() implements UpPlan {}

  /// Change settings of a node that is connected.
  record Edit(MaskedPrefs change) implements UpPlan {}

  /// Begin with these settings, and log in where that is needed.
  record Start(Prefs prefs) implements UpPlan {}

  /// @throws Failure when flags are wrong, or settings would be lost that are not mentioned
  static UpPlan of(UpFlags flags, Prefs current, State state, String user) throws Failure {
    Prefs wanted = withImplicit(flags.prefs(), flags, current, user);
    if (!flags.reset.value() && !current.controlUrl().isEmpty()) {
      if (!flags.set.anySet() && isLoggedIn(current) && state != State.NEEDS_LOGIN) {
        return new Connect();
      }
      refuseToForget(flags, current, wanted);
    }
    if (wanted.controlUrl().isEmpty()) {
      throw Failure.of("this node has no control server yet: name one with --login-server=URL");
    }
    boolean newServer = !wanted.controlUrl().equals(current.controlUrl());
    if (newServer && state == State.RUNNING && !flags.forceReauth.value()) {
      throw Failure.of("can't change --login-server without --force-reauth");
    }
    boolean sameLogin =
        !flags.forceReauth.value()
            && flags.authKey.value().isEmpty()
            && !newServer
            && wanted.advertiseTags().equals(current.advertiseTags());
    return state == State.RUNNING && sameLogin
        ? new Edit(change(flags, wanted))
        : new Start(wanted);
  }

  private static boolean isLoggedIn(Prefs prefs) {
    Persist persist = prefs.persist();
    return persist != null && !persist.userProfile().loginName().isEmpty();
  }

  /// The operator does not have to name himself each time. A bare `up` that logs in again keeps the
  /// server, and what the login is called.
  private static Prefs withImplicit(Prefs wanted, UpFlags flags, Prefs current, String user) {
    Prefs implicit = wanted.withPersist(current.persist());
    if (!flags.isSet("nickname")) {
      implicit = implicit.with(Pref.PROFILE_NAME, current.value(Pref.PROFILE_NAME));
    }
    if (!flags.isSet("operator") && current.operatorUser().equals(user)) {
      implicit = implicit.with(Pref.OPERATOR_USER, user);
    }
    boolean keepsServer = !flags.isSet("login-server") && !flags.set.anySet();
    return keepsServer ? implicit.with(Pref.CONTROL_URL, current.controlUrl()) : implicit;
  }

  /// Flags describe the whole of the settings, so that a setting that is not mentioned would
  /// silently go back to its default.
  private static void refuseToForget(UpFlags flags, Prefs current, Prefs wanted) throws Failure {
    List<String> missing = new ArrayList<>();
    for (Setting setting : flags.settings()) {
      boolean changes = !setting.from().apply(current).equals(setting.from().apply(wanted));
      if (changes && !setting.flag().isSet()) {
        missing.add(setting.written(current));
      }
    }
    if (missing.isEmpty()) {
      return;
    }
    Collections.sort(missing);
    StringBuilder message =
        new StringBuilder(
            """
            Error: changing settings via 'weft up' requires mentioning all
            non-default flags. To proceed, either re-run your command with --reset or
            use the command below to explicitly mention the current value of
            all non-default settings:

            \tweft up\
            """);
    for (Flag<?> flag : flags.set.all()) {
      if (flag.isSet()) {
        message.append(' ').append(written(flags, flag));
      }
    }
    missing.forEach(flag -> message.append(' ').append(flag));
    throw Failure.of(message.append('\n').toString());
  }

  /// A flag as it was given, but for a secret.
  private static String written(UpFlags flags, Flag<?> flag) {
    if (flag.value() instanceof Boolean on) {
      return "--" + flag.name() + (on ? "" : "=false");
    }
    if (flag == flags.authKey && !flags.authKey.value().startsWith("file:")) {
      return "--auth-key=KEY";
    }
    if (flag == flags.timeout) {
      return "--timeout=" + GoDuration.formatMillis(flags.timeout.value().toMillis());
    }
    return "--" + flag.name() + "=" + Shell.quote(flag.value().toString());
  }

  private static MaskedPrefs change(UpFlags flags, Prefs wanted) {
    MaskedPrefs change = MaskedPrefs.NONE.with(Pref.WANT_RUNNING, true);
    for (Setting setting : flags.settings()) {
      if (flags.reset.value() || setting.flag().isSet()) {
        change = setting.addTo(change, wanted);
      }
    }
    return change;
  }
}
