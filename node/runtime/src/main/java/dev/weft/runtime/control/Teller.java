package dev.weft.runtime.control;

import dev.weft.keys.NodePrivateKey;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// Calls the [ControlEvents], one at a time, and remembers since when there is a problem.
final class Teller {
  private final ControlEvents events;
  private final InstantSource clock;
  private @Nullable ControlProblem problem;
  private volatile boolean closed;

  Teller(ControlEvents events, InstantSource clock) {
    this.events = events;
    this.clock = clock;
  }

  /// Nothing more is told, but for what is being told now. It does not wait for that: whoever
  /// closes may hold what the one who is told waits for.
  void close() {
    closed = true;
  }

  synchronized void map(NetworkMap map) {
    if (!closed) {
      events.onNetworkMap(map);
    }
  }

  synchronized void login(LoginState state) {
    if (!closed) {
      events.onLogin(state);
    }
  }

  synchronized void nodeKey(NodePrivateKey key) {
    if (!closed) {
      events.onNodeKey(key);
    }
  }

  synchronized void browse(String url) {
    if (!closed) {
      events.onBrowse(url);
    }
  }

  synchronized void problem(Exception failure) {
    boolean needsUser = failure instanceof ControlException known && known.needsUser();
    String message = Dialer.reason(failure);
    Instant since = problem == null ? clock.instant() : problem.since();
    ControlProblem next = new ControlProblem(message, since, needsUser);
    if (!closed && !next.equals(problem)) {
      problem = next;
      events.onProblem(next);
    }
  }

  synchronized void recovered() {
    if (!closed && problem != null) {
      problem = null;
      events.onRecovered();
    }
  }
}
