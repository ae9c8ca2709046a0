package dev.weft.runtime.plane;

import dev.weft.base.Datagrams;
import dev.weft.base.Endpoint;
import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.base.Segments;
import dev.weft.engine.EngineConfig;
import dev.weft.ipn.PingType;
import dev.weft.ipn.Prefs;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.netstack.Netstack;
import dev.weft.netstack.NetstackConfig;
import dev.weft.netstack.channel.NetstackLoop;
import dev.weft.runtime.backend.DataPlane;
import dev.weft.runtime.backend.HostFacts;
import dev.weft.runtime.control.NetworkMap;
import dev.weft.runtime.localapi.PacketSink;
import dev.weft.runtime.loop.NodeLoop;
import dev.weft.runtime.loop.UdpSockets;
import dev.weft.runtime.netcheck.NetReport;
import dev.weft.tailcfg.ReportedEndpoint;
import dev.weft.transport.proxy.Uplink;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/// The data plane of one node, as its backend drives it. Methods may be called from any thread:
/// they hand over to the node loop, where [PlaneCore] does the work.
public final class NodePlane implements DataPlane {
  /// How a data plane is set up.
  ///
  /// @param port 0 for any free one
  /// @param uplink how to reach relays, and whom to believe when one shows its certificate
  /// @param handshakeClock what earlier processes have told peers the time was
  public record Settings(int port, Entropy entropy, Uplink uplink, HandshakeClock handshakeClock) {}

  private final NodeLoop loop;
  private final PlaneCore core;
  private final LinkWatch links;

  private final NetstackLoop stack;
  private final int port;
  private final LatestOrder orders;

  private NodePlane(NodeLoop loop, PlaneCore core, LinkWatch links, NetstackLoop stack, int port) {
    this.loop = loop;
    this.core = core;
    this.links = links;
    this.stack = stack;
    this.port = port;
    this.orders = new LatestOrder(this::onLoop, core::halt);
  }

  /// Not by the loop's own queue, which drops what is too much; after its end nothing is wanted.
  private void onLoop(Runnable order) {
    if (!loop.eventLoop().isShuttingDown()) {
      try {
        loop.eventLoop().execute(order);
      } catch (RejectedExecutionException _) {
        // Ended between the two.
      }
    }
  }

  /// Binds the sockets.
  ///
  /// @throws IOException with a line for the user when that fails
  public static NodePlane open(NodeLoop loop, Settings settings, Listener listener)
      throws IOException, InterruptedException {
    Opening opening = new Opening();
    UdpSockets sockets = UdpSockets.bind(loop, settings.port(), opening::handleDatagrams);
    Set<Ip> addresses = new TreeSet<>(HostFacts.addresses());
    return loop.call(() -> {
      NetstackLoop stack =
          new NetstackLoop(
              loop.eventLoop(),
              new Netstack(NetstackConfig.DEFAULT, settings.entropy()),
              loop::now,
              opening::handlePackets);
      PlaneCore core = new PlaneCore(loop, settings, sockets, stack, addresses, listener);
      opening.core = core;
      LinkWatch links = new LinkWatch(loop, addresses, core::addressesChanged);
      links.start();
      return new NodePlane(loop, core, links, stack, sockets.port4().or(sockets::port6).orElse(0));
    });
  }

  /// The parts refer to each other, and the sockets are the oldest: what comes before the rest is
  /// there is lost, as before they were open.
  private static final class Opening {
    private @Nullable PlaneCore core;

    void handleDatagrams(Endpoint from, Datagrams datagrams) {
      if (core != null) {
        core.handleDatagrams(from, datagrams);
      }
    }

    void handlePackets(long now, Segments ipPackets) {
      if (core != null) {
        core.handlePackets(now, ipPackets);
      }
    }
  }

  public NodeLoop loop() {
    return loop;
  }

  public NetstackLoop stack() {
    return stack;
  }

  /// The UDP port.
  public int port() {
    return port;
  }

  @Override
  public DiscoKey discoKey() {
    return core.discoKey();
  }

  @Override
  public void run(NodePrivateKey key, NetworkMap map, Prefs prefs) {
    EngineConfig config = EngineConfigs.of(map, prefs, Instant.now());
    orders.run(() -> core.run(key, map, config));
  }

  @Override
  public void halt() {
    orders.halt();
  }

  @Override
  public Traffic traffic() throws InterruptedException {
    return loop.call(core::traffic);
  }

  @Override
  public List<ReportedEndpoint> endpoints() {
    return core.endpoints();
  }

  @Override
  public Optional<NetReport> netReport() {
    return core.netReport();
  }

  @Override
  public void capture(PacketSink sink) {
    loop.submit(() -> core.capture(sink));
  }

  @Override
  public void endCapture(PacketSink sink) {
    loop.submit(() -> core.endCapture(sink));
  }

  @Override
  public CompletableFuture<Pong> ping(Ip address, PingType type, int size) {
    CompletableFuture<Pong> pong = new CompletableFuture<>();
    if (!loop.submit(() -> core.ping(address, type, size, pong))) {
      pong.completeExceptionally(new IOException("the node is busy"));
    }
    return pong;
  }

  /// The machine's addresses have changed, or it has slept. On the loop.
  public void linkChanged() {
    core.linkChanged();
  }

  public void close() {
    links.stop();
    loop.submit(core::close);
  }
}
