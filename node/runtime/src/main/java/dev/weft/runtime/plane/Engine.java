package dev.weft.runtime.plane;

import dev.weft.base.Datagrams;
import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.base.Segments;
import dev.weft.crypto.Aeads;
import dev.weft.derp.Frame.PeerGone;
import dev.weft.engine.CipherAtOnce;
import dev.weft.engine.Destination;
import dev.weft.engine.EngineConfig;
import dev.weft.engine.EngineEvent;
import dev.weft.engine.NodeCore;
import dev.weft.engine.Path;
import dev.weft.engine.PeerSnapshot;
import dev.weft.engine.PingKind;
import dev.weft.keys.DiscoPrivateKey;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.packet.IpProtocol;
import dev.weft.packet.Tsmp;
import dev.weft.runtime.backend.DataPlane.Pong;
import dev.weft.runtime.cipher.BatchCipher;
import dev.weft.runtime.derp.DerpClients;
import dev.weft.runtime.derp.DerpListener;
import dev.weft.runtime.loop.CoreTimer;
import dev.weft.runtime.loop.MemoryExchange;
import dev.weft.runtime.loop.NodeLoop;
import dev.weft.runtime.loop.SendBuffer;
import dev.weft.tailcfg.DerpMap;
import dev.weft.wireguard.OpenedBatch;
import dev.weft.wireguard.PathId;
import dev.weft.wireguard.SessionKey;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All of the data plane that belongs to one node key: the engine core and the relay connections.
/// Another key is another engine. Lives on the node loop.
final class Engine implements DerpListener, NodeCore.Output, BatchCipher.Output {
  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
  private static final int MTU = 1280;

  /// What an engine needs of the rest.
  interface Surroundings {
    void sendUdp(Endpoint to, Segments datagrams);

    /// Takes over the buffer that the batch was written to.
    void sendUdp(Endpoint to, SendBuffer buffer, Datagrams datagrams);

    void deliver(Segments ipPackets);

    /// See [BatchCipher.Output].
    boolean exchange(byte[] used, byte[] spare);

    /// Of what the UDP sockets have received.
    MemoryExchange received();

    void handleStun(Endpoint from, byte[] array, int offset, int length);

    void needEndpoints();

    /// A peer's policy does not let a TCP connection of ours in.
    void connectionRejected(Endpoint local, Endpoint remote);

    void noteDerpFrame(int region);

    void connectivityChanged();

    /// @param problem empty when the relay is connected
    void relayChanged(int region, String problem);

    /// @param notice what the relay says is wrong with our connection; empty when nothing is
    void relaySays(int region, String notice);
  }

  private final NodeLoop loop;
  private final NodePrivateKey key;
  private final NodeCore core;
  private final DerpClients derp;
  private final CoreTimer timer;
  private final BatchCipher cipher;
  private final CipherAtOnce relayed = new CipherAtOnce();
  private final HandshakeClock handshakeClock;
  private final Surroundings around;
  private final Pings pings = new Pings();
  private final Set<Integer> connected = new TreeSet<>();
  private final PathCounters paths;
  private boolean heardPeer;

  Engine(
      NodeLoop loop,
      NodePrivateKey key,
      DiscoPrivateKey disco,
      NodePlane.Settings settings,
      PathCounters paths,
      Surroundings around) {
    this.loop = loop;
    this.paths = paths;
    this.key = key;
    this.around = around;
    this.handshakeClock = settings.handshakeClock();
    this.core =
        new NodeCore(new NodeCore.Config(key, disco, MTU, Aeads.best()), settings.entropy());
    this.derp = new DerpClients(loop, key, settings.entropy(), settings.uplink(), this);
    this.timer = new CoreTimer(loop, this::onTimeout);
    this.cipher = new BatchCipher(loop, around.received(), this);
    core.resumeAfter(handshakeClock.resumeAfter());
    clockChanged();
  }

  NodePrivateKey key() {
    return key;
  }

  NodeCore core() {
    return core;
  }

  /// Whether a relay is connected, or a peer has proved to be there.
  boolean isLive() {
    return heardPeer || !connected.isEmpty();
  }

  int liveRelays() {
    return connected.size();
  }

  boolean isConnected(int region) {
    return connected.contains(region);
  }

  void configure(EngineConfig config, DerpMap relays) {
    derp.useMap(relays);
    core.setConfig(loop.now(), config, this).forEach(fault -> LOG.warn("packet filter: {}", fault));
    rearm();
  }

  void home(int region) {
    derp.home(region);
  }

  void setOwnEndpoints(List<Endpoint> endpoints) {
    core.setOwnEndpoints(loop.now(), endpoints, this);
    rearm();
  }

  void handleDatagrams(Path from, Datagrams datagrams) {
    paths.received(from, datagrams);
    core.handleDatagrams(loop.now(), from, datagrams, this);
    rearm();
  }

  void handlePackets(long now, Segments ipPackets) {
    core.handlePackets(now, ipPackets, this);
    rearm();
  }

  void ping(Ip address, PingKind kind, int size, CompletableFuture<Pong> pong) {
    long request = pings.add(pong);
    if (!core.ping(loop.now(), address, kind, request, size, this)) {
      pings.failed(request, "no route to " + address);
    }
    rearm();
  }

  void linkChanged() {
    clockChanged();
    core.rebind(loop.now());
    derp.rebind();
    rearm();
  }

  /// Handshakes carry the time of day.
  void clockChanged() {
    core.setWallClock(loop.now(), Instant.now());
  }

  List<PeerSnapshot> snapshots() {
    return core.snapshots(loop.now());
  }

  void close() {
    timer.setDeadline(Long.MAX_VALUE);
    derp.close();
    cipher.close();
  }

  private void onTimeout() {
    core.handleTimeout(loop.now(), this);
    rearm();
  }

  private void rearm() {
    timer.setDeadline(core.nextTimeout());
    handshakeClock.used(core.lastInitiationTime());
  }

  // What the core wants done.

  /// Straight into memory of the socket, which for most batches is the only way they go.
  @Override
  public void seal(SessionKey sessionKey, long firstCounter, Segments plain, Destination to) {
    Path.Udp direct = to.direct();
    if (direct != null && to.relayed() == null) {
      cipher.seal(sessionKey, firstCounter, plain, direct);
    } else if (!to.equals(Destination.NOWHERE)) {
      cipher.settle(sessionKey);
      relayed.seal(sessionKey, firstCounter, plain, to, this);
    }
  }

  @Override
  public void sealed(Path.Udp to, SendBuffer buffer, Datagrams datagrams) {
    paths.sent(to, datagrams);
    around.sendUdp(to.remote(), buffer, datagrams);
  }

  @Override
  public void open(SessionKey sessionKey, Datagrams sealed, PathId from) {
    cipher.open(sessionKey, sealed, from);
  }

  @Override
  public void opened(PathId from, SessionKey sessionKey, OpenedBatch opened) {
    core.handleOpened(loop.now(), from, sessionKey, opened, this);
    rearm();
  }

  @Override
  public boolean exchange(byte[] used, byte[] spare) {
    return around.exchange(used, spare);
  }

  @Override
  public void transmit(Path to, Segments datagrams) {
    paths.sent(to, Datagrams.of(datagrams));
    switch (to) {
      case Path.Udp(Endpoint remote) -> around.sendUdp(remote, datagrams);
      case Path.Derp(int region, NodeKey peer) -> {
        for (int i = 0; i < datagrams.count(); i++) {
          derp.send(region, peer, datagrams.array(), datagrams.offset(i), datagrams.length(i));
        }
      }
    }
  }

  @Override
  public void deliver(Segments ipPackets) {
    around.deliver(ipPackets);
  }

  @Override
  public void stun(Endpoint from, byte[] array, int offset, int length) {
    around.handleStun(from, array, offset, length);
  }

  @Override
  public void needEndpoints() {
    around.needEndpoints();
  }

  @Override
  public void event(EngineEvent event) {
    switch (event) {
      case EngineEvent.PingAnswered answer -> pings.answered(answer);
      case EngineEvent.SessionEstablished(NodeKey peer) -> {
        LOG.debug("session with {}", peer.shortString());
        if (!heardPeer) {
          heardPeer = true;
          around.connectivityChanged();
        }
      }
      case EngineEvent.PathChanged(NodeKey peer, Endpoint direct) ->
          LOG.debug("path to {}: {}", peer.shortString(), direct == null ? "relay" : direct);
      case EngineEvent.HandshakeGaveUp(NodeKey peer) ->
          LOG.debug("no answer from {}", peer.shortString());
      case EngineEvent.ConnectionRejected rejected -> rejected(rejected);
    }
  }

  /// A refusal that the peer says may pass is left to the connection's own patience.
  private void rejected(EngineEvent.ConnectionRejected told) {
    LOG.debug("rejected by {}: {}", told.peer().shortString(), told.reject());
    Tsmp.Reject reject = told.reject();
    if (reject.protocol() == IpProtocol.TCP && !reject.maybeBroken()) {
      around.connectionRejected(
          new Endpoint(told.local(), reject.sourcePort()),
          new Endpoint(told.remote(), reject.destinationPort()));
    }
  }

  // What relays tell.

  @Override
  public void onPacket(int region, NodeKey source, byte[] array, int offset, int length) {
    if (length > 0) {
      Segments datagram = Segments.single(array, offset, length);
      handleDatagrams(new Path.Derp(region, source), Datagrams.of(datagram));
    }
  }

  @Override
  public void onConnected(int region) {
    connected.add(region);
    core.derpConnected(region);
    around.relayChanged(region, "");
    around.connectivityChanged();
  }

  @Override
  public void onDisconnected(int region, String reason) {
    connected.remove(region);
    core.derpDisconnected(region);
    around.relayChanged(region, reason);
    around.connectivityChanged();
  }

  @Override
  public void onConnectFailed(int region, String reason) {
    around.relayChanged(region, reason);
  }

  @Override
  public void onPeerGone(int region, NodeKey peer, PeerGone.Reason reason) {
    core.peerGone(region, peer);
  }

  @Override
  public void onHealth(int region, String problem) {
    around.relaySays(region, problem);
  }

  @Override
  public void onFrame(int region) {
    around.noteDerpFrame(region);
  }
}
