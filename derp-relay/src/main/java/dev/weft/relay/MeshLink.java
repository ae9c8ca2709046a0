package dev.weft.relay;

import dev.weft.base.Entropy;
import dev.weft.derp.Frame;
import dev.weft.derp.Frame.PeerGone;
import dev.weft.derp.Frame.PeerPresent;
import dev.weft.keys.NodeKey;
import java.util.LinkedHashSet;
import java.util.concurrent.TimeUnit;

/// The decisions about the connection to one other relay of the region: when to open it, who is
/// there, when to give it up. A core: the caller tells it what happened and obeys its [Output].
///
/// The caller calls [#handleTimeout] to begin and when [#nextTimeout] has come, [#handleReady] when
/// the other relay has accepted us, [#handleFrame] for what it sends, and [#handleClosed] once for
/// each [Output#dial], however that ended. Called on one thread.
///
/// It carries no packets; the shell does while there is a connection.
final class MeshLink {
  /// What the link wants done.
  interface Output {
    /// Open a connection; the answer is `handleReady` and then `handleClosed`, or only that.
    void dial();

    /// Put a frame into the stream.
    void write(Frame frame);

    /// End the connection; `handleClosed` follows.
    void hangUp();

    /// A client is at the other relay.
    void present(NodeKey client);

    /// A client is there no more, or nobody knows.
    void gone(NodeKey client);

    void event(Event event);
  }

  /// What people may want to know.
  sealed interface Event {
    /// The other relay tells who is there.
    record Joined() implements Event {}

    /// Told once, however often it is tried again.
    record Lost(String reason) implements Event {}

    /// The other relay has our key: it is us, and that is the end.
    record Itself() implements Event {}
  }

  private sealed interface State {
    /// Before the next attempt.
    record Waiting(long until) implements State {}

    record Dialling() implements State {}

    /// We have asked who is there; the first answer shows that we may.
    record AwaitingPresence() implements State {}

    record Watching(long since) implements State {}

    /// It leads to ourselves.
    record Ended() implements State {}
  }

  // dataplane.md §5.3: keepalives come each 60 to 65 seconds.
  static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(120);

  static final long FIRST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
  static final long MAX_RETRY_NANOS = TimeUnit.SECONDS.toNanos(30);

  /// A connection that lasted so long has proved itself: the next one is not held back.
  static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(30);

  /// Clients of one other relay; what it tells of more is passed over, and packets to those are
  /// dropped.
  static final int MAX_CLIENTS = 4 * RelaySettings.DEFAULT_MAX_CONNECTIONS;

  private static final int MAX_DOUBLINGS = 5;
  private static final int JITTER_PARTS = 1 << 10;

  private final NodeKey self;
  private final Entropy entropy;
  private final LinkedHashSet<NodeKey> clients = new LinkedHashSet<>();

  private State state = new State.Waiting(0);
  private long heard;
  private int failures;
  private boolean lossTold;

  /// @param self the key of the relay that we are
  MeshLink(NodeKey self, Entropy entropy) {
    this.self = self;
    this.entropy = entropy;
  }

  boolean isWatching() {
    return state instanceof State.Watching;
  }

  void handleReady(long now, NodeKey relay, Output out) {
    if (relay.equals(self)) {
      state = new State.Ended();
      out.event(new Event.Itself());
      out.hangUp();
      return;
    }
    heard = now;
    state = new State.AwaitingPresence();
    out.write(new Frame.WatchConns());
  }

  void handleFrame(long now, Frame frame, Output out) {
    heard = now;
    switch (frame) {
      case PeerPresent present -> onPresent(now, present, out);
      // That somebody is not there says that we were wrong a moment ago; who goes is told as such.
      case PeerGone(NodeKey client, PeerGone.Reason reason) -> {
        if (reason == PeerGone.Reason.DISCONNECTED && clients.remove(client)) {
          out.gone(client);
        }
      }
      case Frame.Ping(long data) -> out.write(new Frame.Pong(data));
      case Frame.KeepAlive _,
          Frame.Pong _,
          Frame.Health _,
          Frame.Restarting _,
          // Nobody's packets: what is for us by key is for a relay, which is no node.
          Frame.RecvPacket _,
          // Not from a relay that has accepted us.
          Frame.ServerKey _,
          Frame.SealedServerInfo _,
          Frame.SealedClientInfo _,
          Frame.SendPacket _,
          Frame.ForwardPacket _,
          Frame.NotePreferred _,
          Frame.WatchConns _,
          Frame.ClosePeer _ -> {}
    }
  }

  private void onPresent(long now, PeerPresent present, Output out) {
    if (state instanceof State.AwaitingPresence) {
      state = new State.Watching(now);
      lossTold = false;
      out.event(new Event.Joined());
    }
    // Relays are no clients: nothing is sent to them.
    boolean isRelay = (present.flags() & PeerPresent.MESH_PEER) != 0 || present.peer().equals(self);
    if (!isRelay && clients.size() < MAX_CLIENTS && clients.add(present.peer())) {
      out.present(present.peer());
    }
  }

  /// The connection ended, or could not be opened.
  void handleClosed(long now, String reason, Output out) {
    clients.forEach(out::gone);
    clients.clear();
    String why = reason;
    switch (state) {
      case State.Ended _ -> {
        return;
      }
      case State.Watching(long since) -> {
        if (now - since >= SETTLED_NANOS) {
          failures = 0;
        }
      }
      case State.AwaitingPresence _ ->
          why = "it does not tell who is there: do both have the same mesh key? (" + reason + ")";
      case State.Dialling _, State.Waiting _ -> {}
    }
    state = new State.Waiting(now + retryDelay());
    failures++;
    if (!lossTold) {
      lossTold = true;
      out.event(new Event.Lost(why));
    }
  }

  /// Up to a quarter is added, lest all relays of a region try one at the same moment.
  private long retryDelay() {
    long delay = Math.min(FIRST_RETRY_NANOS << Math.min(failures, MAX_DOUBLINGS), MAX_RETRY_NANOS);
    return delay + delay / 4 / JITTER_PARTS * entropy.below(JITTER_PARTS);
  }

  void handleTimeout(long now, Output out) {
    if (now < nextTimeout()) {
      return;
    }
    switch (state) {
      case State.Waiting _ -> {
        state = new State.Dialling();
        out.dial();
      }
      case State.AwaitingPresence _, State.Watching _ -> {
        heard = now; // once
        out.hangUp();
      }
      case State.Dialling _, State.Ended _ -> {}
    }
  }

  long nextTimeout() {
    return switch (state) {
      case State.Waiting(long until) -> until;
      case State.AwaitingPresence _, State.Watching _ -> heard + SILENCE_NANOS;
      // The shell's dials end by themselves.
      case State.Dialling _, State.Ended _ -> Long.MAX_VALUE;
    };
  }
}
