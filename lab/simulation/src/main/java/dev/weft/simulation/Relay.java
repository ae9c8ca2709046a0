package dev.weft.simulation;

import dev.weft.base.Bytes;
import dev.weft.engine.Path;
import dev.weft.keys.NodeKey;
import java.util.LinkedHashMap;
import java.util.Map;

/// The relay of one region: passes datagrams between the nodes that are connected to it, by key.
public final class Relay {
  private static final long DELAY = 40 * Timeline.MILLISECOND;

  private final Timeline timeline;
  private final int region;
  private final Map<NodeKey, SimNode> connected = new LinkedHashMap<>();
  private boolean down;
  private long carried;

  Relay(Timeline timeline, int region) {
    this.timeline = timeline;
    this.region = region;
  }

  public int region() {
    return region;
  }

  /// Datagrams passed on so far.
  public long carried() {
    return carried;
  }

  public boolean isDown() {
    return down;
  }

  /// Stops or starts the relay; nodes notice at once, and connect again when it is back.
  public void setDown(boolean isDown) {
    down = isDown;
    for (SimNode node : connected.values()) {
      node.relayChanged(region, !isDown);
    }
  }

  void connect(SimNode node) {
    connected.put(node.key(), node);
    if (!down) {
      node.relayChanged(region, true);
    }
  }

  /// Whoever had this key is no longer there.
  void disconnect(NodeKey key) {
    connected.remove(key);
  }

  void forward(SimNode from, NodeKey to, Bytes datagram) {
    SimNode target = connected.get(to);
    if (down) {
      return;
    }
    if (target == null) {
      timeline.after(DELAY, () -> from.peerGone(region, to));
      return;
    }
    carried++;
    NodeKey sender = from.key();
    timeline.after(
        DELAY,
        () -> {
          if (!down && connected.get(to) == target) {
            target.receive(new Path.Derp(region, sender), datagram);
          }
        });
  }
}
