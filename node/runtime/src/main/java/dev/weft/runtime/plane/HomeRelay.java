package dev.weft.runtime.plane;

import dev.weft.runtime.backend.DataPlane;
import java.util.HashMap;
import java.util.Map;

/// What to say of the home relay: why it is not connected, and what it says of the connection
/// itself; nothing while all is well.
final class HomeRelay {
  private final DataPlane.Listener listener;

  /// Of relays that are connected, and so one at most for each region of the map. Look-ups only.
  private final Map<Integer, String> notices = new HashMap<>();

  private int region;
  private String told = "";
  private String toldNotice = "";

  HomeRelay(DataPlane.Listener listener) {
    this.listener = listener;
  }

  void choose(int chosen, boolean isConnected) {
    if (chosen != region) {
      region = chosen;
      if (isConnected) {
        tell("");
      }
      tellNotice();
    }
  }

  /// @param problem empty when the relay of the region is connected
  void relayChanged(int changed, String problem) {
    notices.remove(changed); // it was about the connection of before
    if (changed == region) {
      tell(problem);
      tellNotice();
    }
  }

  /// @param notice what the relay says is wrong; empty when nothing is any more
  void relaySays(int from, String notice) {
    if (notice.isEmpty()) {
      notices.remove(from);
    } else {
      notices.put(from, notice);
    }
    tellNotice();
  }

  void forget() {
    region = 0;
    notices.clear();
    tell("");
    tellNotice();
  }

  private void tell(String problem) {
    if (!problem.equals(told)) {
      told = problem;
      listener.onRelay(problem.isEmpty() ? null : problem);
    }
  }

  private void tellNotice() {
    String notice = notices.getOrDefault(region, "");
    if (!notice.equals(toldNotice)) {
      toldNotice = notice;
      listener.onRelayNotice(notice.isEmpty() ? null : notice);
    }
  }
}
