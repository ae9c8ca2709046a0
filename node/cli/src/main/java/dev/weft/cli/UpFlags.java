package dev.weft.cli;

import dev.weft.ipn.Pref;
import dev.weft.ipn.Prefs;
import java.time.Duration;
import java.util.List;

/// The flags of `up` and `login`.
final class UpFlags {
  final FlagSet set;
  final Settings settings;
  final Flag<String> authKey;
  final Flag<Duration> timeout;
  final Flag<Boolean> reset;
  final Flag<Boolean> forceReauth;
  final Flag<Boolean> json;

  /// @param command such as `weft up`
  UpFlags(String command) {
    set = new FlagSet(command);
    authKey =
        set.text("auth-key", "KEY", "", "log in with this key; file:PATH reads it from a file");
    settings = Settings.ofUp(set);
    timeout =
        set.duration("timeout", Duration.ZERO, "how long to wait until connected; 0s for no limit");
    reset = set.flag("reset", false, "set what is not mentioned here to its default");
    forceReauth = set.flag("force-reauth", false, "log in anew");
    json = set.flag("json", false, "print progress as JSON");
    set.alias("authkey", authKey);
    set.text("accept-risk", "RISK", "", "accepted for scripts written for tailscale").hidden();
  }

  boolean isSet(String name) {
    return settings.find(name).map(setting -> setting.flag().isSet()).orElse(false);
  }

  List<Setting> settings() {
    return settings.all();
  }

  /// The settings that these flags ask for, defaults included.
  Prefs prefs() throws Failure {
    return settings.applyAll(Prefs.defaults()).with(Pref.WANT_RUNNING, true);
  }
}
