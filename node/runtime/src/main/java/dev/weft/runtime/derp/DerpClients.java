package dev.weft.runtime.derp;

import dev.weft.base.Entropy;
import dev.weft.derp.FrameType;
import dev.weft.derp.PacketFrames;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.runtime.loop.CoreTimer;
import dev.weft.runtime.loop.NodeLoop;
import dev.weft.tailcfg.DerpMap;
import dev.weft.tailcfg.DerpRegion;
import dev.weft.transport.proxy.Uplink;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A node's connections to DERP relays, one per region at most. All methods are for the node loop.
///
/// Owns the connections and what waits for them. The caller says which region is home, sends, and
/// says when the network changed. Does not choose regions.
public final class DerpClients implements AutoCloseable {
  /// Until a map says otherwise, and for good when it names no region of that number.
  private static final int NO_HOME = 0;

  private final NodeLoop loop;
  private final RegionConnection.Setup setup;
  private final TreeMap<Integer, RegionConnection> connections = new TreeMap<>();
  private final CoreTimer timer;

  private SortedMap<Integer, DerpRegion> regions = Collections.emptySortedMap();
  private int home = NO_HOME;
  private boolean preferIpv6;
  private long unknownRegion;
  private boolean closed;

  /// @param key the node key that relays know us by
  /// @param uplink how to reach relays, and whom to believe about their names
  public DerpClients(
      NodeLoop loop, NodePrivateKey key, Entropy entropy, Uplink uplink, DerpListener listener) {
    this.loop = loop;
    this.timer = new CoreTimer(loop, this::onTimeout);
    this.setup =
        new RegionConnection.Setup(
            loop, key, entropy, uplink, listener, this::updateTimer, () -> preferIpv6);
  }

  /// Takes over a map. Connections to regions that changed are closed, and opened again when
  /// needed.
  public void useMap(DerpMap map) {
    SortedMap<Integer, DerpRegion> wanted = map.regions();
    SortedMap<Integer, DerpRegion> next = wanted == null ? regions : wanted;
    for (Integer id : List.copyOf(connections.keySet())) {
      DerpRegion before = regions.get(id);
      if (before == null || !before.equals(next.get(id))) {
        remove(id, "the DERP map changed");
      }
    }
    regions = next;
    if (home != NO_HOME) {
      connectHome();
    }
    updateTimer();
  }

  private void remove(int id, String reason) {
    RegionConnection gone = connections.remove(id);
    if (gone != null) {
      gone.remove(reason);
    }
  }

  /// Makes a region our home: connects to it, and tells it and the former home so. 0 for none.
  public void home(int region) {
    if (region == home) {
      return;
    }
    RegionConnection former = connections.get(home);
    home = region;
    if (former != null) {
      former.home(loop.now(), false);
    }
    if (home != NO_HOME) {
      connectHome();
    }
    updateTimer();
  }

  /// The region made home last, 0 for none.
  public int home() {
    return home;
  }

  private void connectHome() {
    RegionConnection connection = connection(home);
    if (connection != null) {
      connection.home(loop.now(), true);
    }
  }

  /// Sends a packet to a peer through a region, connecting to it first if need be. Packets may be
  /// lost, as on any path. The bytes may be reused when this returns.
  public void send(int region, NodeKey destination, byte[] array, int offset, int length) {
    RegionConnection connection = length > FrameType.MAX_PACKET ? null : connection(region);
    if (connection == null) {
      unknownRegion++;
      return;
    }
    byte[] frame = new byte[PacketFrames.KEY_END + length];
    PacketFrames.writePrefix(frame, 0, FrameType.SEND_PACKET, destination, length);
    System.arraycopy(array, offset, frame, PacketFrames.KEY_END, length);
    connection.send(loop.now(), frame);
    updateTimer();
  }

  /// Whether relays are better dialled over IPv6 first.
  public void preferIpv6(boolean preferred) {
    preferIpv6 = preferred;
  }

  /// The machine's addresses changed: connections are closed, the home's is opened again at once.
  public void rebind() {
    for (RegionConnection connection : List.copyOf(connections.values())) {
      connection.rebind(loop.now());
    }
    updateTimer();
  }

  public boolean isConnected(int region) {
    RegionConnection connection = connections.get(region);
    return connection != null && connection.isConnected();
  }

  /// The regions with a standing connection, in order.
  public List<Integer> connected() {
    List<Integer> ids = new ArrayList<>();
    connections.forEach((id, connection) -> {
      if (connection.isConnected()) {
        ids.add(id);
      }
    });
    return ids;
  }

  /// Packets that no connection took: queue full, region unknown, over the relay's allowance.
  public long dropped() {
    return unknownRegion + connections.values().stream().mapToLong(RegionConnection::dropped).sum();
  }

  @Override
  public void close() {
    closed = true;
    for (Integer id : List.copyOf(connections.keySet())) {
      remove(id, "closed");
    }
    updateTimer();
  }

  /// The connection of a region, made when there is none; null for a region that the map does not
  /// name.
  private @Nullable RegionConnection connection(int id) {
    RegionConnection known = connections.get(id);
    DerpRegion region = regions.get(id);
    if (known != null || region == null || closed) {
      return known;
    }
    RegionConnection made = new RegionConnection(id, region, setup);
    connections.put(id, made);
    return made;
  }

  private void onTimeout() {
    for (RegionConnection connection : List.copyOf(connections.values())) {
      connection.timeout(loop.now());
    }
    updateTimer();
  }

  private void updateTimer() {
    long next = Long.MAX_VALUE;
    for (RegionConnection connection : connections.values()) {
      next = Math.min(next, connection.nextTimeout());
    }
    timer.setDeadline(next);
  }
}
