package dev.weft.netstack;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Which connections have something to tell their application, and which have something to send.
/// Each is listed once, and served in the order of listing.
final class Agenda {
  private final ArrayDeque<TcpConnection> ready = new ArrayDeque<>();
  private final ArrayDeque<TcpConnection> dirty = new ArrayDeque<>();
  private final ArrayDeque<TcpConnection> deferred = new ArrayDeque<>();

  void ready(TcpConnection c) {
    if (!c.isReady) {
      c.isReady = true;
      ready.add(c);
    }
  }

  void dirty(TcpConnection c) {
    if (!c.isDirty) {
      c.isDirty = true;
      dirty.add(c);
    }
  }

  boolean hasWork() {
    return !ready.isEmpty() || !dirty.isEmpty();
  }

  /// Connections that have sent their share of the last pass and have more.
  boolean hasDeferred() {
    return !deferred.isEmpty();
  }

  void startPass() {
    TcpConnection c;
    while ((c = deferred.poll()) != null) {
      dirty(c);
    }
  }

  /// Tells applications what has happened.
  void dispatch() {
    TcpConnection c;
    while ((c = ready.poll()) != null) {
      c.isReady = false;
      notify(c);
    }
  }

  private static void notify(TcpConnection c) {
    int events = c.events;
    TcpAcceptor acceptor = c.acceptor;
    if (acceptor != null && (events & TcpConnection.CONNECTED) != 0) {
      c.acceptor = null;
      c.events &= ~TcpConnection.CONNECTED;
      events = c.events;
      acceptor.onAccepted(c);
    }
    TcpHandler handler = c.handler;
    if (handler == null) {
      return; // They wait for one.
    }
    c.events = 0;
    if ((events & TcpConnection.CONNECTED) != 0) {
      handler.onConnected();
    }
    if ((events & TcpConnection.READABLE) != 0) {
      handler.onReadable();
    }
    if ((events & TcpConnection.WRITABLE) != 0) {
      handler.onWritable();
    }
    if ((events & TcpConnection.CLOSED) != 0) {
      handler.onClosed(c.closeReason);
    }
  }

  /// The next connection that may have something to send.
  @Nullable TcpConnection pollDirty() {
    TcpConnection c = dirty.poll();
    if (c != null) {
      c.isDirty = false;
    }
    return c;
  }

  /// The connection has used its share of this pass.
  void defer(TcpConnection c) {
    deferred.add(c);
  }
}
