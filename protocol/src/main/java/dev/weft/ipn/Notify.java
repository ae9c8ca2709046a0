package dev.weft.ipn;

import static dev.weft.json.JsonTypes.LONG;
import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.listOf;
import static dev.weft.json.JsonTypes.mapByLong;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import dev.weft.json.RawJson;
import dev.weft.tailcfg.Node;
import dev.weft.tailcfg.UserProfile;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One event of the backend. A component that is null, or an empty list or map, says nothing.
///
/// @param sessionId names the watch; only in its first message
/// @param errMessage something failed that a person has to act on
/// @param loginFinished a log-in has just succeeded
/// @param netMap the whole network map, as older clients want it; only in a first message
/// @param browseToUrl where a person may log this node in
public record Notify(
    String version,
    String sessionId,
    @Nullable String errMessage,
    boolean loginFinished,
    @Nullable State state,
    @Nullable Prefs prefs,
    @Nullable Node selfChange,
    @Nullable Status initialStatus,
    @Nullable RawJson netMap,
    List<Node> peersChanged,
    List<Long> peersRemoved,
    SortedMap<Long, UserProfile> userProfiles,
    @Nullable EngineStatus engine,
    @Nullable String browseToUrl,
    @Nullable HealthState health) {

  private static final RawJson EMPTY = new RawJson("{}");
  private static final JsonType<State> STATE =
      new JsonType<>() {
        @Override
        public State read(JsonReader in) {
          return State.ofNumber(in.readLong());
        }

        @Override
        public void write(JsonWriter out, State state) {
          out.value(state.number());
        }
      };

  /// The table of the fields. Eight are written as `null` when they say nothing
  /// (`docs/protocol/services.md` §6.3).
  public static final JsonType<Notify> JSON =
      ObjectType.<Notify, Builder>of(Builder::new, Builder::build)
          .always("Version", STRING, Notify::version, Builder::version)
          .omit("SessionID", STRING, Notify::sessionId, Builder::sessionId)
          .always("ErrMessage", STRING, Notify::errMessage, Builder::errMessage)
          .always(
              "LoginFinished",
              RawJson.JSON,
              n -> n.loginFinished ? EMPTY : null,
              (b, _) -> b.loginFinished(true))
          .always("State", STATE, Notify::state, Builder::state)
          .always("Prefs", Prefs.JSON, Notify::prefs, Builder::prefs)
          .omitNull("SelfChange", Node.JSON, Notify::selfChange, Builder::selfChange)
          .omitNull("InitialStatus", Status.JSON, Notify::initialStatus, Builder::initialStatus)
          .always("NetMap", RawJson.JSON, Notify::netMap, Builder::netMap)
          .omit("PeersChanged", listOf(Node.JSON), Notify::peersChanged, Builder::peersChanged)
          .omit("PeersRemoved", listOf(LONG), Notify::peersRemoved, Builder::peersRemoved)
          .omit(
              "UserProfiles",
              mapByLong(UserProfile.JSON),
              Notify::userProfiles,
              Builder::userProfiles)
          .always("Engine", EngineStatus.JSON, Notify::engine, Builder::engine)
          .always("BrowseToURL", STRING, Notify::browseToUrl, Builder::browseToUrl)
          .always("DriveShares", RawJson.JSON, _ -> null, (_, _) -> {})
          .omitNull("Health", HealthState.JSON, Notify::health, Builder::health)
          .build();

  public Notify {
    peersChanged = List.copyOf(peersChanged);
    peersRemoved = List.copyOf(peersRemoved);
    userProfiles = Collections.unmodifiableSortedMap(new TreeMap<>(userProfiles));
  }

  public static Builder builder() {
    return new Builder();
  }

  /// Collects the components of a [Notify].
  public static final class Builder {
    private String version = "";
    private String sessionId = "";
    private @Nullable String errMessage;
    private boolean loginFinished;
    private @Nullable State state;
    private @Nullable Prefs prefs;
    private @Nullable Node selfChange;
    private @Nullable Status initialStatus;
    private @Nullable RawJson netMap;
    private List<Node> peersChanged = List.of();
    private List<Long> peersRemoved = List.of();
    private SortedMap<Long, UserProfile> userProfiles = Collections.emptySortedMap();
    private @Nullable EngineStatus engine;
    private @Nullable String browseToUrl;
    private @Nullable HealthState health;

    private Builder() {}

    public Builder version(String value) {
      version = value;
      return this;
    }

    public Builder sessionId(String value) {
      sessionId = value;
      return this;
    }

    public Builder errMessage(@Nullable String value) {
      errMessage = value;
      return this;
    }

    public Builder loginFinished(boolean value) {
      loginFinished = value;
      return this;
    }

    public Builder state(@Nullable State value) {
      state = value;
      return this;
    }

    public Builder prefs(@Nullable Prefs value) {
      prefs = value;
      return this;
    }

    public Builder selfChange(@Nullable Node value) {
      selfChange = value;
      return this;
    }

    public Builder initialStatus(@Nullable Status value) {
      initialStatus = value;
      return this;
    }

    public Builder netMap(@Nullable RawJson value) {
      netMap = value;
      return this;
    }

    public Builder peersChanged(List<Node> value) {
      peersChanged = value;
      return this;
    }

    public Builder peersRemoved(List<Long> value) {
      peersRemoved = value;
      return this;
    }

    public Builder userProfiles(SortedMap<Long, UserProfile> value) {
      userProfiles = value;
      return this;
    }

    public Builder engine(@Nullable EngineStatus value) {
      engine = value;
      return this;
    }

    public Builder browseToUrl(@Nullable String value) {
      browseToUrl = value;
      return this;
    }

    public Builder health(@Nullable HealthState value) {
      health = value;
      return this;
    }

    public Notify build() {
      return new Notify(
          version,
          sessionId,
          errMessage,
          loginFinished,
          state,
          prefs,
          selfChange,
          initialStatus,
          netMap,
          peersChanged,
          peersRemoved,
          userProfiles,
          engine,
          browseToUrl,
          health);
    }
  }
}
