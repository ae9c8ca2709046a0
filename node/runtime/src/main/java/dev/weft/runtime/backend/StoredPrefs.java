package dev.weft.runtime.backend;

import dev.weft.ipn.Prefs;
import dev.weft.json.Json;
import dev.weft.json.MalformedJson;
import dev.weft.runtime.state.StateException;
import dev.weft.runtime.state.StateStore;
import java.util.Optional;

/// The preferences in the state document.
final class StoredPrefs {
  private static final String SECTION = "Prefs";

  private final StateStore store;

  StoredPrefs(StateStore store) {
    this.store = store;
  }

  /// A new node starts with the defaults, logged out.
  Prefs load() throws StateException {
    Optional<String> stored = store.read(SECTION);
    if (stored.isEmpty()) {
      return Prefs.defaults().with(dev.weft.ipn.Pref.LOGGED_OUT, true);
    }
    try {
      return Json.decode(Prefs.JSON, stored.get());
    } catch (MalformedJson e) {
      throw store.damaged(SECTION, String.valueOf(e.getMessage()));
    }
  }

  void save(Prefs prefs) throws StateException {
    store.write(SECTION, Json.encodeToText(Prefs.JSON, prefs));
  }
}
