package dev.weft.netstack;

import dev.weft.base.Ip;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The node's own addresses, and routes from and to them.
final class Addresses {
  private long[] high = new long[0];
  private long[] low = new long[0];
  private List<Ip> all = List.of();

  void set(List<Ip> addresses) {
    all = List.copyOf(addresses);
    high = all.stream().mapToLong(Route::high).toArray();
    low = all.stream().mapToLong(Route::low).toArray();
  }

  boolean isOwn(long addressHigh, long addressLow) {
    for (int i = 0; i < low.length; i++) {
      if (low[i] == addressLow && high[i] == addressHigh) {
        return true;
      }
    }
    return false;
  }

  /// The first own address of the family of `remote`.
  @Nullable Ip towards(Ip remote) {
    for (Ip own : all) {
      if (own.isV4() == remote.isV4()) {
        return own;
      }
    }
    return null;
  }

  Route route(long localHigh, long localLow, long remoteHigh, long remoteLow) {
    return new Route(localHigh, localLow, remoteHigh, remoteLow, isOwn(remoteHigh, remoteLow));
  }

  Route route(Ip local, Ip remote) {
    return route(Route.high(local), Route.low(local), Route.high(remote), Route.low(remote));
  }
}
