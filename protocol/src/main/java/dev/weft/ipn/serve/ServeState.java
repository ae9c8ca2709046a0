package dev.weft.ipn.serve;

import dev.weft.json.MalformedJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The serve configuration of a running daemon: who may change it, when, and which parts end with a
/// session (`docs/protocol/services.md` §1.2, §1.3). Owned by one thread.
///
/// The caller stores [#stored] after each change, hands [#config] to the services, and tells when a
/// watch of the bus ends ([#endSession]). It ends the watches that a change names. Not here:
/// storage, HTTP, who is an administrator.
public final class ServeState {
  private @Nullable ServeConfig config;

  /// What [#undo] goes back to.
  private @Nullable ServeConfig before;

  private ServeState(@Nullable ServeConfig config) {
    this.config = config;
  }

  public static ServeState empty() {
    return new ServeState(null);
  }

  /// From what [#stored] returned in an earlier life. No session survives a restart, so nothing in
  /// the foreground does.
  public static ServeState load(String stored) throws MalformedJson {
    return new ServeState(ServeConfig.decode(stored).retainForeground(Set.of()));
  }

  public ServeConfig config() {
    return config == null ? ServeConfig.EMPTY : config;
  }

  /// The body of `GET serve-config`.
  public String json() {
    return config == null ? "null" : config.encode();
  }

  /// The entity tag of [#json], as it stands in the header: hex of a SHA-256, without quotes.
  public String etag() {
    return etag(json());
  }

  /// The entity tag of what [#json] returned at some time.
  public static String etag(String json) {
    try {
      byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// What is worth keeping over a restart.
  public Optional<String> stored() {
    return Optional.ofNullable(config).map(c -> c.retainForeground(Set.of()).encode());
  }

  /// What became of [#set].
  public sealed interface Outcome {
    /// @param endedSessions sessions whose entries are gone: their watches of the bus are to be
    ///   ended
    record Changed(Set<String> endedSessions) implements Outcome {}

    /// Somebody else changed it meanwhile: HTTP 412.
    record EtagMismatch() implements Outcome {}

    /// HTTP 500 with this in it.
    record Refused(String why) implements Outcome {}
  }

  /// Replaces the whole configuration.
  ///
  /// @param ifMatch the entity tag that the client read, or empty to overwrite whatever there is
  /// @param liveSessions the sessions that watch the bus now: an entry for another would never end
  /// @param shieldsUp whether the node refuses connections from outside
  public Outcome set(
      ServeConfig next, String ifMatch, Collection<String> liveSessions, boolean shieldsUp) {
    if (next.isFunnelOn() && shieldsUp) {
      return new Outcome.Refused("Unable to turn on Funnel while shields-up is enabled");
    }
    if (!ifMatch.isEmpty() && !ifMatch.equals(etag())) {
      return new Outcome.EtagMismatch();
    }
    String conflict = ServeConflict.between(config(), next);
    if (conflict != null) {
      return new Outcome.Refused(conflict);
    }
    Set<String> ended = new TreeSet<>(config().foreground().keySet());
    before = config;
    config = next.retainForeground(liveSessions);
    ended.removeAll(config.foreground().keySet());
    return new Outcome.Changed(ended);
  }

  /// Takes the last [#set] back: it could not be stored.
  public void undo() {
    config = before;
  }

  /// A watch of the bus ended, for whatever reason. Returns whether that changed what is served.
  public boolean endSession(String sessionId) {
    if (!config().foreground().containsKey(sessionId)) {
      return false;
    }
    config = config().withoutForeground(sessionId);
    return true;
  }
}
