package dev.weft.cli;

import dev.weft.ipn.MaskedPrefs;
import dev.weft.ipn.Pref;
import dev.weft.ipn.Prefs;
import java.util.List;
import java.util.function.Function;

/// A flag and the preferences that it stands for.
///
/// @param prefs what a change by this flag touches
/// @param into puts the flag's value into preferences
/// @param from how the flag would be given for preferences: true, false or a text
record Setting(Flag<?> flag, List<Pref<?>> prefs, Change into, Function<Prefs, Object> from) {
  /// Puts a flag's value into preferences.
  @FunctionalInterface
  interface Change {
    /// @throws Failure when the value is none for this setting
    Prefs apply(Prefs prefs) throws Failure;
  }

  /// The flag as it would be written for these preferences.
  String written(Prefs prefs) {
    Object value = from.apply(prefs);
    if (value instanceof Boolean on) {
      return "--" + flag.name() + (on ? "" : "=false");
    }
    return "--" + flag.name() + "=" + Shell.quote(value.toString());
  }

  /// The change with what these preferences say of this setting.
  MaskedPrefs addTo(MaskedPrefs change, Prefs wanted) {
    MaskedPrefs extended = change;
    for (Pref<?> pref : prefs) {
      extended = with(extended, pref, wanted);
    }
    return extended;
  }

  private static <P> MaskedPrefs with(MaskedPrefs change, Pref<P> pref, Prefs wanted) {
    return change.with(pref, wanted.value(pref));
  }
}
