package dev.weft.runtime.service;

import dev.weft.ipn.serve.ServeConfig;
import dev.weft.ipn.serve.ServeState;
import dev.weft.json.MalformedJson;
import dev.weft.node.spi.ServeConfigSource;
import dev.weft.runtime.loop.NodeLoop;
import dev.weft.runtime.state.StateException;
import dev.weft.runtime.state.StateStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The node's serve configuration: kept over restarts, changed by the LocalAPI, told to the
/// services. Safe for use from several threads; changes block until they are on disk.
public final class ServeSettings implements ServeConfigSource {
  private static final String SECTION = "Serve";

  private final NodeLoop loop;
  private final StateStore store;
  private ServeState state; // guarded by this
  private final List<Consumer<String>> listeners = new ArrayList<>(); // of the node loop
  private volatile String json;

  /// Reads what was stored.
  public ServeSettings(NodeLoop loop, StateStore store) throws StateException {
    this.loop = loop;
    this.store = store;
    this.state = load(store);
    this.json = state.json();
  }

  private static ServeState load(StateStore store) throws StateException {
    Optional<String> stored = store.read(SECTION);
    if (stored.isEmpty()) {
      return ServeState.empty();
    }
    try {
      return ServeState.load(stored.get());
    } catch (MalformedJson e) {
      throw store.damaged(SECTION, String.valueOf(e.getMessage()));
    }
  }

  /// The configuration as JSON; `null`, the four letters, when there is none.
  public String json() {
    return json;
  }

  /// The same, read.
  public synchronized ServeConfig config() {
    return state.config();
  }

  /// What became of [#replace].
  public sealed interface Outcome {
    /// @param endedSessions the foreground sessions whose entries are gone
    record Changed(Collection<String> endedSessions) implements Outcome {}

    /// It was no longer what the caller had read.
    record Stale() implements Outcome {}

    record Refused(String why) implements Outcome {}
  }

  /// Replaces the configuration if it is still `expected`.
  ///
  /// @param isLive whether a watch of the event stream runs; foreground entries of others are
  ///   dropped. Asked under the same lock under which [#endSession] works, so that a watch which
  ///   ends meanwhile takes its entry with it
  public synchronized Outcome replace(
      String expected, ServeConfig next, Predicate<String> isLive, boolean shieldsUp)
      throws StateException {
    if (!expected.equals(state.json())) {
      return new Outcome.Stale();
    }
    List<String> liveSessions = next.foreground().keySet().stream().filter(isLive).toList();
    return switch (state.set(next, "", liveSessions, shieldsUp)) {
      case ServeState.Outcome.Changed changed -> {
        try {
          store();
        } catch (StateException e) {
          state.undo(); // what a restart would take away is not served
          throw e;
        }
        tell();
        yield new Outcome.Changed(changed.endedSessions());
      }
      case ServeState.Outcome.Refused refused -> new Outcome.Refused(refused.why());
      case ServeState.Outcome.EtagMismatch _ -> new Outcome.Stale();
    };
  }

  /// A watch of the event stream has ended, and what was served under it with it.
  public synchronized void endSession(String sessionId) throws StateException {
    if (state.endSession(sessionId)) {
      tell();
      store();
    }
  }

  /// Another login has come into use, and its configuration with it.
  ///
  /// @return the sessions in whose foreground something was served
  public synchronized Collection<String> reload() throws StateException {
    Collection<String> ended = List.copyOf(state.config().foreground().keySet());
    state = load(store);
    tell();
    return ended;
  }

  @Override
  public void subscribe(Consumer<String> listener) {
    loop.submit(() -> {
      listeners.add(listener);
      listener.accept(forServices());
    });
  }

  private void tell() {
    json = state.json();
    loop.submit(() -> listeners.forEach(listener -> listener.accept(forServices())));
  }

  private void store() throws StateException {
    Optional<String> stored = state.stored();
    if (stored.isPresent()) {
      store.write(SECTION, stored.get());
    } else {
      store.remove(SECTION);
    }
  }

  private String forServices() {
    String now = json;
    return now.equals("null") ? "{}" : now;
  }
}
