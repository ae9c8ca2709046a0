package dev.weft.ipn;

import dev.weft.json.JsonType;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/// A change of settings: the new values and which of them are meant. On the wire a setting `X` is
/// meant when `XSet` is true.
///
/// @param unknown settings that are meant and that we do not have, in lower case
public record MaskedPrefs(Prefs values, Set<Pref<?>> mask, Set<String> unknown) {
  /// Writes the settings that are meant and leaves out the rest; reads also what a peer writes,
  /// which is every setting.
  public static final JsonType<MaskedPrefs> JSON = new MaskedPrefsJson();

  /// A change of nothing, to be extended by [#with].
  public static final MaskedPrefs NONE = new MaskedPrefs(Prefs.ZERO, Set.of(), Set.of());

  public MaskedPrefs {
    mask =
        Collections.unmodifiableSet(
            new LinkedHashSet<>(mask)); // keeps the order, unlike Set.copyOf
    unknown = Collections.unmodifiableSet(new LinkedHashSet<>(unknown));
  }

  /// The same change, and `pref` set to `value`.
  public <T> MaskedPrefs with(Pref<T> pref, T value) {
    Set<Pref<?>> extended = new LinkedHashSet<>(mask);
    extended.add(pref);
    return new MaskedPrefs(values.with(pref, value), extended, unknown);
  }

  public boolean changes(Pref<?> pref) {
    return mask.contains(pref);
  }

  /// The settings after this change.
  public Prefs applyTo(Prefs current) {
    Prefs changed = current;
    for (Pref<?> pref : mask) {
      changed = changed.withFrom(values, pref);
    }
    return changed;
  }
}
