package dev.weft.runtime.backend;

import dev.weft.base.Entropy;
import dev.weft.ipn.LoginProfile;
import dev.weft.ipn.LoginProfile.NetworkProfile;
import dev.weft.ipn.Persist;
import dev.weft.ipn.Pref;
import dev.weft.ipn.Prefs;
import dev.weft.json.Json;
import dev.weft.json.JsonType;
import dev.weft.json.JsonTypes;
import dev.weft.json.MalformedJson;
import dev.weft.json.RawJson;
import dev.weft.runtime.control.NetworkMap;
import dev.weft.runtime.state.StateException;
import dev.weft.runtime.state.StateStore;
import dev.weft.tailcfg.UserProfile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The logins of this node in the state document.
///
/// The login in use has its keys, preferences and serve configuration in the sections where the
/// rest of the node looks for them. Another login has the same sections in one of its own, `Profile
/// <id>`. Changing from one to another moves both in a single change of the document, so that a
/// crash leaves the one or the other. The machine key and the keys of control servers belong to all
/// logins.
///
/// Not thread-safe.
final class ProfileBook {
  private static final List<String> OF_A_LOGIN = List.of("NodeKey", "OldNodeKey", "Prefs", "Serve");
  private static final String ALL = "Profiles";
  private static final String CURRENT = "CurrentProfile";
  private static final String ASIDE = "Profile ";
  private static final int MAX = 64;
  private static final int ID_BYTES = 2; // as short as the original's: people type them

  private static final JsonType<List<LoginProfile>> LIST = JsonTypes.listOf(LoginProfile.JSON);
  private static final JsonType<SortedMap<String, RawJson>> SECTIONS =
      JsonTypes.mapOf(RawJson.JSON);

  private final StateStore store;
  private final Entropy entropy;
  private List<LoginProfile> all;
  private String currentId;

  private ProfileBook(StateStore store, Entropy entropy, List<LoginProfile> all, String currentId) {
    this.store = store;
    this.entropy = entropy;
    this.all = all;
    this.currentId = currentId;
  }

  static ProfileBook load(StateStore store, Entropy entropy) throws StateException {
    try {
      Optional<String> stored = store.read(ALL);
      List<LoginProfile> all =
          stored.isPresent() ? Json.decode(LIST, stored.get()) : List.<LoginProfile>of();
      return new ProfileBook(store, entropy, all, store.readText(CURRENT).orElse(""));
    } catch (MalformedJson | IllegalArgumentException e) {
      throw store.damaged(ALL, String.valueOf(e.getMessage()));
    }
  }

  List<LoginProfile> all() {
    return all;
  }

  String currentId() {
    return currentId;
  }

  /// Brings what is said of the login in use in step with what it is: a first login gets an ID, one
  /// that has been logged out of loses it.
  void keepUp(Instant now, Prefs prefs, Optional<NetworkMap> map, String suffix)
      throws StateException {
    Persist persist = prefs.persist();
    if (persist == null) {
      if (!currentId.isEmpty()) {
        write(without(currentId), "", new StateStore.Change());
      }
      return;
    }
    Optional<LoginProfile> known = known(currentId);
    String id = known.isPresent() ? currentId : freeId();
    NetworkProfile network =
        map.map(m -> new NetworkProfile(suffix, m.domain().isEmpty() ? suffix : m.domain(), ""))
            .or(() -> known.map(LoginProfile::networkProfile))
            .orElse(new NetworkProfile("", "", ""));
    UserProfile user = persist.userProfile();
    String nickname = prefs.value(Pref.PROFILE_NAME);
    LoginProfile profile =
        new LoginProfile(
            id,
            nickname.isEmpty() ? user.loginName() : nickname,
            network,
            "profile-" + id,
            user,
            persist.nodeId(),
            prefs.controlUrl(),
            known.map(LoginProfile::created).orElse(now));
    if (known.isEmpty()) {
      add(profile);
    } else if (!known.get().equals(profile)) {
      List<LoginProfile> next = new ArrayList<>(all);
      next.set(all.indexOf(known.get()), profile);
      write(next, id, new StateStore.Change());
    }
  }

  /// A user who logs in again at the same server takes the place of the former login: the server
  /// knows one node of this machine and this user, and its key is the new one.
  private void add(LoginProfile profile) throws StateException {
    StateStore.Change change = new StateStore.Change();
    List<LoginProfile> next = new ArrayList<>();
    for (LoginProfile other : all) {
      boolean same =
          other.controlUrl().equals(profile.controlUrl())
              && other.userProfile().id() == profile.userProfile().id();
      if (same) {
        change.remove(ASIDE + other.id());
      } else {
        next.add(other);
      }
    }
    if (next.size() >= MAX) {
      change.remove(ASIDE + next.removeFirst().id());
    }
    next.add(profile);
    write(next, profile.id(), change);
  }

  /// Puts the login in use aside and takes up another; the rest of the node then reads its sections
  /// anew.
  ///
  /// @param id a known login's; empty to begin a new one
  /// @param fresh the preferences of a new one
  void change(String id, Prefs fresh) throws StateException {
    StateStore.Change change = new StateStore.Change();
    if (!currentId.isEmpty()) {
      SortedMap<String, RawJson> aside = new TreeMap<>();
      for (String section : OF_A_LOGIN) {
        store.read(section).ifPresent(json -> aside.put(section, new RawJson(json)));
      }
      change.put(ASIDE + currentId, Json.encodeToText(SECTIONS, aside));
    }
    SortedMap<String, RawJson> next = id.isEmpty() ? begun(fresh) : setAside(id);
    for (String section : OF_A_LOGIN) {
      RawJson json = next.get(section);
      if (json == null) {
        change.remove(section);
      } else {
        change.put(section, json.text());
      }
    }
    change.remove(ASIDE + id);
    write(all, id, change);
  }

  private static SortedMap<String, RawJson> begun(Prefs fresh) {
    SortedMap<String, RawJson> sections = new TreeMap<>();
    sections.put("Prefs", new RawJson(Json.encodeToText(Prefs.JSON, fresh)));
    return sections;
  }

  private SortedMap<String, RawJson> setAside(String id) throws StateException {
    try {
      return Json.decode(SECTIONS, store.read(ASIDE + id).orElse("{}"));
    } catch (MalformedJson e) {
      throw store.damaged(ASIDE + id, String.valueOf(e.getMessage()));
    }
  }

  /// Forgets a login that is not in use.
  void delete(String id) throws StateException {
    write(without(id), currentId, new StateStore.Change().remove(ASIDE + id));
  }

  /// Forgets the login in use and begins a new one.
  void deleteCurrent(Prefs fresh) throws StateException {
    StateStore.Change change = new StateStore.Change();
    SortedMap<String, RawJson> next = begun(fresh);
    for (String section : OF_A_LOGIN) {
      change.remove(section);
    }
    next.forEach((section, json) -> change.put(section, json.text()));
    write(without(currentId), "", change);
  }

  Optional<LoginProfile> known(String id) {
    return all.stream().filter(profile -> profile.id().equals(id)).findFirst();
  }

  private List<LoginProfile> without(String id) {
    return all.stream().filter(profile -> !profile.id().equals(id)).toList();
  }

  private String freeId() {
    String id = HexFormat.of().formatHex(entropy.bytes(ID_BYTES));
    while (known(id).isPresent()) {
      id = HexFormat.of().formatHex(entropy.bytes(ID_BYTES));
    }
    return id;
  }

  private void write(List<LoginProfile> profiles, String id, StateStore.Change change)
      throws StateException {
    store.change(change.put(ALL, Json.encodeToText(LIST, profiles)).putText(CURRENT, id));
    all = List.copyOf(profiles);
    currentId = id;
  }
}
