package dev.weft.runtime.backend;

import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.ipn.PingType;
import dev.weft.ipn.Prefs;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.runtime.control.NetworkMap;
import dev.weft.runtime.localapi.PacketSink;
import dev.weft.runtime.netcheck.NetReport;
import dev.weft.tailcfg.ReportedEndpoint;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The part of a node that moves packets, as the backend sees it. Methods return at once and may be
/// called from any thread; what happens is told to a [Listener].
public interface DataPlane {
  /// This process's disco key.
  DiscoKey discoKey();

  /// Works with this key, map and settings from now on.
  ///
  /// @throws IllegalArgumentException when the map cannot be used; what ran before goes on
  void run(NodePrivateKey key, NetworkMap map, Prefs prefs);

  /// Forgets all peers.
  void halt();

  /// How traffic to each peer goes. May take a turn of the node loop.
  Traffic traffic() throws InterruptedException;

  /// Where peers may find this node now.
  List<ReportedEndpoint> endpoints();

  /// What the latest look at the network found.
  Optional<NetReport> netReport();

  /// Shows packets in the tunnel to the sink, from soon on.
  void capture(PacketSink sink);

  /// Shows it no more, from soon on.
  void endCapture(PacketSink sink);

  /// One ping. The future fails with a one-line message.
  CompletableFuture<Pong> ping(Ip address, PingType type, int size);

  /// Told on the node loop.
  interface Listener {
    /// @param live whether a relay is connected or a peer answers
    void onConnectivity(boolean live);

    /// Endpoints or network measurements differ from before.
    void onReport();

    /// The machine has slept, or its addresses have changed.
    void onLinkChanged();

    /// Any change of a relay connection.
    ///
    /// @param problem why the home relay is not connected; null when it is
    void onRelay(@Nullable String problem);

    /// @param notice what the home relay says is wrong with our connection to it; null when nothing
    ///   is
    void onRelayNotice(@Nullable String notice);
  }

  /// An answer to a ping.
  ///
  /// @param endpoint the direct path, or null
  /// @param derpRegion the region of a relayed path, or 0
  /// @param peerApiPort of a TSMP pong, or 0
  record Pong(long latencyNanos, @Nullable Endpoint endpoint, int derpRegion, int peerApiPort) {}

  /// How traffic to one peer goes.
  ///
  /// @param direct the direct path in use; null while relayed
  /// @param active there was traffic in the last two minutes
  record Peer(
      @Nullable Endpoint direct,
      long rxBytes,
      long txBytes,
      @Nullable Instant lastHandshake,
      @Nullable Instant lastWrite,
      boolean active) {}

  /// A moment of the data plane.
  ///
  /// @param homeRegion 0 while there is none
  /// @param liveRelays relays connected
  /// @param counters what was dropped and why, by metric name
  /// @param paths packets and bytes of all peers by the path they took, such as `inbound_bytes
  ///   derp`
  record Traffic(
      int homeRegion,
      int liveRelays,
      Map<NodeKey, Peer> peers,
      Map<String, Long> counters,
      Map<String, Long> paths) {
    public static final Traffic NONE = new Traffic(0, 0, Map.of(), Map.of(), Map.of());

    public Traffic {
      peers = Map.copyOf(peers);
      counters = Collections.unmodifiableSortedMap(new TreeMap<>(counters));
      paths = Map.copyOf(paths);
    }
  }
}
