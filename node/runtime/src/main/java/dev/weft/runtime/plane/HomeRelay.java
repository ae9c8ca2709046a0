package dev.weft.runtime.plane;

import dev.weft.runtime.backend.DataPlane;

/// What to say of the home relay: nothing while it works, else why it does not.
final class HomeRelay {
  private final DataPlane.Listener listener;
  private int region;
  private String told = "";

  HomeRelay(DataPlane.Listener listener) {
    this.listener = listener;
  }

  void choose(int chosen, boolean isConnected) {
    if (chosen != region) {
      region = chosen;
      if (isConnected) {
        tell("");
      }
    }
  }

  /// @param problem empty when the relay of the region is connected
  void relayChanged(int changed, String problem) {
    if (changed == region) {
      tell(problem);
    }
  }

  void forget() {
    region = 0;
    tell("");
  }

  private void tell(String problem) {
    if (!problem.equals(told)) {
      told = problem;
      listener.onRelay(problem.isEmpty() ? null : problem);
    }
  }
}
