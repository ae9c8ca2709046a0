package dev.weft.transport.limit;

import dev.weft.base.Ip;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How many connections a server has, and from where. One that is over a limit is to be closed.
///
/// Where is a [Place].
///
/// Called on any thread. Remembers the places of open connections, so no more than `total`.
public final class ConnectionLimits {
  private final int total;
  private final int perPlace;
  private final Map<Ip, Integer> places = new HashMap<>();
  private int open;

  /// @param perPlace of connections from one place
  public ConnectionLimits(int total, int perPlace) {
    this.total = total;
    this.perPlace = perPlace;
  }

  /// Counts a connection, unless there are too many. What has entered must [#leave] once.
  ///
  /// @return whether it may be served
  public boolean enter(SocketAddress remote) {
    return enter(Place.of(remote));
  }

  /// Likewise.
  ///
  /// @param place null when it is not known
  public boolean enter(@Nullable Ip place) {
    return enter(place, 1);
  }

  /// Likewise, of something that is counted otherwise, as memory in bytes.
  ///
  /// @param count how many of the total; the same must [#leave]
  public synchronized boolean enter(@Nullable Ip place, int count) {
    if (count > total - open) {
      return false;
    }
    if (place != null) {
      int before = places.getOrDefault(place, 0);
      if (count > perPlace - before) {
        return false;
      }
      if (count > 0) {
        places.put(place, before + count);
      }
    }
    open += count;
    return true;
  }

  /// What has entered and not left.
  public synchronized int count() {
    return open;
  }

  /// A connection that had entered is gone.
  public void leave(SocketAddress remote) {
    leave(Place.of(remote));
  }

  /// Likewise.
  public void leave(@Nullable Ip place) {
    leave(place, 1);
  }

  /// Likewise.
  public synchronized void leave(@Nullable Ip place, int count) {
    open -= count;
    if (place != null) {
      places.computeIfPresent(place, (_, before) -> before == count ? null : before - count);
    }
  }
}
