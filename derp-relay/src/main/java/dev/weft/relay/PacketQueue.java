package dev.weft.relay;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// What waits for one client, in three lanes of bounded length; a full lane loses its oldest.
///
/// Offered to on any thread, polled on the client's. While the client keeps up the queue is only a
/// hand-over between threads and may be long ([#MAX_FLOWING]); once its connection is full, what is
/// old is of no use to anybody, and each lane keeps the newest: a client's [#MAX_WAITING]
/// (`docs/protocol/dataplane.md §5.4`).
///
/// @param <T> what is queued
final class PacketQueue<T> {
  /// The lanes, in the order in which they are emptied.
  enum Lane {
    /// Keepalives, answers to pings, peers gone.
    NOTICE,
    /// Disco: few, small, and what gets peers off this relay.
    DISCO,
    DATA
  }

  static final int MAX_WAITING = 32;
  static final int MAX_FLOWING = 512;

  private final ArrayDeque<T> notices = new ArrayDeque<>();
  private final ArrayDeque<T> disco = new ArrayDeque<>();
  private final ArrayDeque<T> data = new ArrayDeque<>();
  private final int maxWaiting;
  private boolean closed;

  /// @param maxWaiting what each lane keeps once the connection is full
  PacketQueue(int maxWaiting) {
    this.maxWaiting = maxWaiting;
  }

  /// Adds at the tail.
  ///
  /// @return what had to go for it: the head of a full lane, the item itself when the queue is
  ///   closed, usually nothing
  synchronized @Nullable T offer(Lane lane, T item, boolean flowing) {
    if (closed) {
      return item;
    }
    ArrayDeque<T> items = items(lane);
    int max = flowing ? MAX_FLOWING : maxWaiting;
    T dropped = items.size() >= max ? items.pollFirst() : null;
    items.addLast(item);
    return dropped;
  }

  synchronized @Nullable T poll() {
    T item = notices.pollFirst();
    if (item == null) {
      item = disco.pollFirst();
    }
    return item == null ? data.pollFirst() : item;
  }

  /// The connection is full: returns one item that has become too old, until there is none.
  synchronized @Nullable T pollExcess() {
    if (notices.size() > maxWaiting) {
      return notices.pollFirst();
    }
    if (disco.size() > maxWaiting) {
      return disco.pollFirst();
    }
    return data.size() > maxWaiting ? data.pollFirst() : null;
  }

  /// Nothing is taken in any more; what is left can be polled.
  synchronized void close() {
    closed = true;
  }

  synchronized boolean isClosed() {
    return closed;
  }

  synchronized int size() {
    return notices.size() + disco.size() + data.size();
  }

  private ArrayDeque<T> items(Lane lane) {
    return switch (lane) {
      case NOTICE -> notices;
      case DISCO -> disco;
      case DATA -> data;
    };
  }
}
