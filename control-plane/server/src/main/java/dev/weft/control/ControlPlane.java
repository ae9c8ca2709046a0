package dev.weft.control;

import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.control.tailnet.Change;
import dev.weft.control.tailnet.MapMessage;
import dev.weft.control.tailnet.MapSession;
import dev.weft.control.tailnet.Mutation;
import dev.weft.control.tailnet.RegisterOutcome;
import dev.weft.control.tailnet.RegisteredNode;
import dev.weft.control.tailnet.Tailnet;
import dev.weft.control.tailnet.TailnetStore;
import dev.weft.keys.MachineKey;
import dev.weft.keys.NodeKey;
import dev.weft.tailcfg.MapRequest;
import dev.weft.tailcfg.RegisterRequest;
import dev.weft.tailcfg.RegisterResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// The tailnet with everything that its core leaves out: one lock, the clock, the store, and the
/// streams that wait for news.
///
/// Every method may be called from any thread. None holds the lock while it talks to a network.
final class ControlPlane {
  /// How long a client's follow-up of a login is held before it is told to ask again.
  private static final Duration FOLLOWUP_PATIENCE = Duration.ofMinutes(10);

  private final ReentrantLock lock = new ReentrantLock();
  private final HeldLogins held = new HeldLogins(lock);
  private final MapStreams streams;
  private final Tailnet tailnet;
  private final TailnetStore store;
  private final InstantSource clock;
  private final Tailnet.Output output = new Effects();
  private boolean closed;

  ControlPlane(
      Tailnet tailnet,
      TailnetStore store,
      InstantSource clock,
      Entropy entropy,
      ControlMetrics metrics) {
    this.streams = new MapStreams(lock, clock, entropy, metrics);
    this.tailnet = tailnet;
    this.store = store;
    this.clock = clock;
  }

  /// Runs an admin's wish, or any look at the tailnet.
  <T> T with(BiFunction<Tailnet, Tailnet.Output, T> action) {
    lock.lock();
    try {
      return action.apply(tailnet, output);
    } finally {
      lock.unlock();
    }
  }

  Instant now() {
    return clock.instant();
  }

  /// Registers; while a login waits for approval and the client follows it up, so does this.
  RegisterOutcome register(
      MachineKey machine, @Nullable Ip place, RegisterRequest request, Caller caller)
      throws InterruptedException {
    long patience = FOLLOWUP_PATIENCE.toNanos();
    HeldLogins.@Nullable Held hold = null;
    lock.lock();
    try {
      while (true) {
        RegisterOutcome outcome = tailnet.register(now(), machine, place, request, output);
        switch (outcome) {
          case RegisterOutcome.Answer _, RegisterOutcome.TooMany _ -> {
            return outcome;
          }
          case RegisterOutcome.Hold(RegisterResponse stillWaiting) -> {
            if (hold == null) {
              hold = held.begin(stillWaiting.authUrl());
              caller.isHeld(putOff(hold));
            }
            if (patience <= 0 || closed || hold.isPutOff()) {
              return outcome;
            }
            patience = hold.await(patience);
          }
        }
      }
    } finally {
      if (hold != null) {
        hold.end();
      }
      lock.unlock();
    }
  }

  private Runnable putOff(HeldLogins.Held hold) {
    return () -> {
      lock.lock();
      try {
        hold.putOff();
      } finally {
        lock.unlock();
      }
    };
  }

  Optional<RegisteredNode> authenticate(MachineKey machine, NodeKey key) {
    return with((t, _) -> t.authenticate(machine, key));
  }

  void update(RegisteredNode node, MapRequest request) {
    with((t, out) -> {
      // Read again under the lock: it may have changed since it was authenticated.
      t.authenticate(node.machineKey(), node.nodeKey())
          .ifPresent(current -> t.update(current, request, out));
      return true;
    });
  }

  Optional<MapMessage> map(RegisteredNode node) {
    return with((t, _) -> t.map(now(), node.id()));
  }

  /// Opens the node's stream. One that it had is replaced: it ends. Empty when the node is gone.
  ///
  /// What it returns must be given to [#begin], and its stream to [#close] when it is closed.
  Optional<Opened> open(RegisteredNode node, MapStream.Outlet outlet) {
    return with((t, out) -> {
      if (closed || t.authenticate(node.machineKey(), node.nodeKey()).isEmpty()) {
        return Optional.empty();
      }
      MapSession session = t.openSession(node.id(), out);
      MapStream stream = streams.open(session, outlet);
      return session.first(now()).map(first -> new Opened(stream, first));
    });
  }

  /// A stream whose first message is not sent yet.
  record Opened(MapStream stream, MapMessage first) {}

  /// Sends the first message of a stream; the others follow when there is something new.
  void begin(Opened opened) {
    streams.begin(opened.stream(), opened.first());
  }

  /// A stream is closed: its node is offline, unless another is open.
  void close(MapStream stream) {
    with((t, _) -> {
      if (streams.close(stream)) {
        t.sessionClosed(now(), stream.session().nodeId());
      }
      return true;
    });
  }

  byte[] frame(String compression, MapMessage message) {
    return streams.frame(compression, message);
  }

  /// To be called every second or so.
  void tick() {
    with((t, out) -> {
      t.handleTimeout(now(), out);
      return true;
    });
  }

  /// Stores what is not yet stored.
  void flush() {
    with((t, out) -> {
      t.flush(out);
      return true;
    });
  }

  /// For monitoring.
  ControlMetrics.Figures figures() {
    return with((t, _) -> {
      Instant now = now();
      Map<String, Integer> nodes = new TreeMap<>(Map.of("online", 0, "offline", 0, "expired", 0));
      for (RegisteredNode node : t.nodes()) {
        String state =
            node.isExpired(now) ? "expired" : t.isOnline(node.id()) ? "online" : "offline";
        nodes.merge(state, 1, Integer::sum);
      }
      return new ControlMetrics.Figures(nodes, streams.count(), t.waitingLogins(now).size());
    });
  }

  /// Ends all streams and held requests.
  void close() {
    lock.lock();
    try {
      closed = true;
      streams.finishAll();
      held.wakeAll();
    } finally {
      lock.unlock();
    }
    streams.close();
  }

  /// Whoever waits for the answer to a registration.
  interface Caller {
    /// It will take long. Called with the lock held.
    ///
    /// @param putOff to be run, on any other thread, when nobody waits any more
    void isHeld(Runnable putOff);
  }

  private final class Effects implements Tailnet.Output {
    @Override
    public void store(List<Mutation> mutations) {
      store.commit(mutations);
    }

    @Override
    public void changed(Change change) {
      tailnet.forget(change.nodeId());
      streams.note(change);
    }

    @Override
    public void loginSettled() {
      held.wakeAll();
    }
  }
}
