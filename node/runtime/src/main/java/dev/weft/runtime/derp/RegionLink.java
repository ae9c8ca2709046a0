package dev.weft.runtime.derp;

import dev.weft.base.Entropy;
import dev.weft.derp.ServerInfo;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The decisions about one region's connection: when to open it, what waits for it, when to give it
/// up. A core: the caller tells it what happened and obeys its [Output].
///
/// Called on one thread. Buffers given to [#handleSend] are the link's from then on.
final class RegionLink {
  /// What the link wants done. Each call is about this link's one connection.
  interface Output {
    /// Open the connection; the answer is `handleConnected` or `handleClosed`.
    void connect();

    /// Put a frame into the stream.
    void write(byte[] frame);

    /// Tell the relay whether it is our home.
    void notePreferred(boolean isHome);

    /// Close the connection, or stop opening it. No answer follows.
    void close(String reason);
  }

  /// A SendPacket frame that waits for the connection.
  private static final class Queued {
    private final byte[] frame;
    private final long since;

    Queued(byte[] frame, long since) {
      this.frame = frame;
      this.since = since;
    }
  }

  private sealed interface State {
    record Idle() implements State {}

    record Connecting() implements State {}

    /// After a failure, before the next attempt.
    record Waiting(long until) implements State {}

    record Connected(long since) implements State {}
  }

  // dataplane.md §3.7 and §5.3.
  static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(60);
  static final long READ_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(120);
  static final long WRITE_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);
  static final int MAX_QUEUED = 32;

  /// A packet that waited longer is dropped: what sent it, a handshake or a ping, has given it up
  /// and sent another. It also ends the attempts to reach a relay that nobody sends to any more.
  static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /// Attempts are 0.25, 0.5, 1, 2, 4 and then 5 seconds apart.
  static final long MAX_BACKOFF_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final long FIRST_BACKOFF_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final int MAX_DOUBLINGS = 5;

  /// A connection that lasted so long has proved itself: the next one is not held back.
  private static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(15);

  private final Entropy entropy;
  private final ArrayDeque<Queued> queue = new ArrayDeque<>();

  private State state = new State.Idle();
  private boolean isHome;
  private boolean writable;
  private int failures;
  private long lastPacket;
  private long lastFrame;
  private long fullSince;
  private SendAllowance allowance = SendAllowance.unlimited();
  private long dropped;

  RegionLink(Entropy entropy) {
    this.entropy = entropy;
  }

  boolean isConnected() {
    return state instanceof State.Connected;
  }

  /// Packets that were given up before they were written.
  long dropped() {
    return dropped;
  }

  void handleHome(long now, boolean home, Output out) {
    if (isHome == home) {
      return;
    }
    isHome = home;
    lastPacket = now;
    switch (state) {
      case State.Connected _ -> out.notePreferred(home);
      case State.Idle _ -> {
        if (home) {
          connect(out);
        }
      }
      case State.Connecting _, State.Waiting _ -> {}
    }
  }

  /// A packet, as a whole SendPacket frame.
  void handleSend(long now, byte[] frame, Output out) {
    lastPacket = now;
    if (isConnected() && writable) {
      write(now, frame, out);
      return;
    }
    if (queue.size() == MAX_QUEUED) {
      queue.removeFirst();
      dropped++;
    }
    queue.addLast(new Queued(frame, now));
    if (state instanceof State.Idle) {
      connect(out);
    }
  }

  void handleConnected(long now, ServerInfo info, Output out) {
    state = new State.Connected(now);
    writable = true;
    lastFrame = now;
    lastPacket = now;
    allowance = SendAllowance.of(info, now);
    if (isHome) {
      out.notePreferred(true);
    }
    drain(now, out);
  }

  /// The connection ended, or could not be opened.
  void handleClosed(long now) {
    if (state instanceof State.Connected(long since) && now - since >= SETTLED_NANOS) {
      failures = 0;
    }
    state = new State.Waiting(now + backoff());
    failures++;
  }

  /// Whether the connection takes more. While it does not, packets queue.
  void handleWritable(long now, boolean nowWritable, Output out) {
    if (writable && !nowWritable) {
      fullSince = now;
    }
    writable = nowWritable;
    if (isConnected() && writable) {
      drain(now, out);
    }
  }

  void handleFrame(long now) {
    lastFrame = now;
  }

  /// A packet has come: the connection is in use.
  void handlePacket(long now) {
    lastFrame = now;
    lastPacket = now;
  }

  /// The machine's addresses changed: what stood no longer does.
  void handleRebind(long now, Output out) {
    failures = 0;
    lastPacket = now;
    if (!(state instanceof State.Idle)) {
      out.close("the network changed");
      state = new State.Idle();
    }
    if (isWanted(now)) {
      connect(out);
    }
  }

  /// The region is no more, or is another.
  void handleRemoved(String reason, Output out) {
    dropped += queue.size();
    queue.clear();
    if (!(state instanceof State.Idle)) {
      out.close(reason);
      state = new State.Idle();
    }
  }

  void handleTimeout(long now, Output out) {
    switch (state) {
      case State.Waiting(long until) -> {
        if (until <= now) {
          if (isWanted(now)) {
            connect(out);
          } else {
            state = new State.Idle();
          }
        }
      }
      case State.Connected _ -> whyClose(now).ifPresent(reason -> giveUp(now, reason, out));
      case State.Idle _, State.Connecting _ -> {}
    }
  }

  long nextTimeout() {
    return switch (state) {
      case State.Waiting(long until) -> until;
      case State.Connected _ -> {
        long next = lastFrame + READ_TIMEOUT_NANOS;
        if (!isHome) {
          next = Math.min(next, lastPacket + IDLE_NANOS);
        }
        yield writable ? next : Math.min(next, fullSince + WRITE_TIMEOUT_NANOS);
      }
      case State.Idle _, State.Connecting _ -> Long.MAX_VALUE;
    };
  }

  private Optional<String> whyClose(long now) {
    if (now >= lastFrame + READ_TIMEOUT_NANOS) {
      return Optional.of("the relay was silent for two minutes");
    }
    if (!writable && now >= fullSince + WRITE_TIMEOUT_NANOS) {
      return Optional.of("the relay took nothing for five seconds");
    }
    if (!isHome && now >= lastPacket + IDLE_NANOS) {
      return Optional.of("idle");
    }
    return Optional.empty();
  }

  private void giveUp(long now, String reason, Output out) {
    out.close(reason);
    if (isWanted(now)) {
      handleClosed(now);
    } else {
      state = new State.Idle();
    }
  }

  private boolean isWanted(long now) {
    dropStale(now);
    return isHome || !queue.isEmpty();
  }

  private void dropStale(long now) {
    while (!queue.isEmpty() && now >= queue.getFirst().since + STALE_NANOS) {
      queue.removeFirst();
      dropped++;
    }
  }

  private void connect(Output out) {
    state = new State.Connecting();
    out.connect();
  }

  private void drain(long now, Output out) {
    dropStale(now);
    while (writable && !queue.isEmpty()) {
      write(now, queue.removeFirst().frame, out);
    }
  }

  private void write(long now, byte[] frame, Output out) {
    if (allowance.take(now, frame.length)) {
      out.write(frame);
    } else {
      dropped++;
    }
  }

  private long backoff() {
    long nanos = FIRST_BACKOFF_NANOS << Math.min(failures, MAX_DOUBLINGS);
    nanos = Math.min(nanos, MAX_BACKOFF_NANOS);
    // A relay that comes back should not find all its clients at the door at once.
    return nanos / 2 + entropy.below((int) TimeUnit.NANOSECONDS.toMicros(nanos / 2) + 1) * 1000L;
  }
}
