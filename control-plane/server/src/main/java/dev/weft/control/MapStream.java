package dev.weft.control;

import dev.weft.control.tailnet.MapSession;

/// A node's open map stream.
final class MapStream {
  /// How long a message may take to leave. A node that does not read has to begin again, with a
  /// full map.
  static final long SEND_PATIENCE_NANOS = 60_000_000_000L;

  private final MapSession session;
  private final Outlet outlet;
  private final Runnable onReady;

  /// Whether a message is on its way, since when, and whether there was another for it meanwhile.
  private volatile boolean busy;

  private volatile boolean missed;
  private volatile long sentNanos;

  private long keepAliveNanos;

  /// Where the messages of a stream go.
  interface Outlet {
    /// Sends a message.
    ///
    /// @param sent is run when it has left, on any thread; never when the stream breaks
    void send(byte[] frame, Runnable sent);

    /// How the messages are to be compressed.
    String compression();

    boolean wantsKeepAlive();

    /// Nothing comes any more.
    void finish();

    /// The other end does not read.
    void abort();
  }

  /// @param onReady is run when it can take the message that it missed
  /// @param nowNanos when it was opened: its patience counts from there
  MapStream(MapSession session, Outlet outlet, Runnable onReady, long nowNanos) {
    this.session = session;
    this.outlet = outlet;
    this.onReady = onReady;
    // Until the first message has left, which whoever opened it sends.
    this.busy = true;
    this.sentNanos = nowNanos;
  }

  MapSession session() {
    return session;
  }

  Outlet outlet() {
    return outlet;
  }

  /// Whether a message can be sent. When not, [#onReady] is run when one can.
  boolean isReady() {
    missed = true;
    if (busy) {
      return false;
    }
    missed = false;
    return true;
  }

  /// @param untilKeepAlive how long the stream may be silent after this
  void send(byte[] frame, long nowNanos, long untilKeepAlive) {
    sentNanos = nowNanos;
    keepAliveNanos = nowNanos + untilKeepAlive;
    busy = true;
    outlet.send(frame, this::sent);
  }

  private void sent() {
    busy = false;
    if (missed) {
      onReady.run();
    }
  }

  boolean isStuck(long nowNanos) {
    return busy && nowNanos - sentNanos > SEND_PATIENCE_NANOS;
  }

  boolean isDueForKeepAlive(long nowNanos) {
    return !busy && outlet.wantsKeepAlive() && nowNanos - keepAliveNanos >= 0;
  }
}
