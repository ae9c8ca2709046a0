package dev.weft.acceptance;

import dev.weft.base.Bytes;
import dev.weft.base.Datagrams;
import dev.weft.base.Endpoint;
import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.base.PrefixSet;
import dev.weft.base.Segments;
import dev.weft.crypto.Aeads;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.netstack.Netstack;
import dev.weft.netstack.NetstackConfig;
import dev.weft.netstack.channel.NetstackLoop;
import dev.weft.runtime.loop.CoreTimer;
import dev.weft.runtime.loop.NodeLoop;
import dev.weft.runtime.loop.SendBuffer;
import dev.weft.runtime.loop.UdpSockets;
import dev.weft.wireguard.KnownPeer;
import dev.weft.wireguard.OpenedBatch;
import dev.weft.wireguard.PathId;
import dev.weft.wireguard.PeerId;
import dev.weft.wireguard.PeerSource;
import dev.weft.wireguard.SessionEvent;
import dev.weft.wireguard.SessionKey;
import dev.weft.wireguard.WireGuard;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Our WireGuard and our TCP with one fixed peer, as plain WireGuard is configured: no control
/// server, no disco. Runs in a namespace, as a process of its own:
///
/// `WireGuardNode KEYFILE PEERKEY BIND PEER own-address peer-address [COMMAND…]`
///
/// It serves [BulkServer] on port 7. With a command (`push` or `pull`, bytes, seed) it runs that
/// against port 7 of the peer, prints the outcome and goes on. It prints each new session.
final class WireGuardNode implements WireGuard.Output, PeerSource {
  private static final PeerId PEER = new PeerId(0);
  private static final int PORT = 51820;

  private final NodeLoop loop = new NodeLoop();
  private final KnownPeer peer;
  private final From peerPath;
  private final WireGuard wireGuard;
  private final OpenedBatch opened = new OpenedBatch();
  private final CoreTimer timer = new CoreTimer(loop, this::onTimeout);
  private @Nullable UdpSockets sockets;
  private @Nullable NetstackLoop stack;

  private WireGuardNode(NodePrivateKey key, NodeKey peerKey, Endpoint remote, Ip peerAddress) {
    SecureRandom random = new SecureRandom();
    Entropy entropy = random::nextBytes;
    peer = new KnownPeer(PEER, peerKey, PrefixSet.copyOf(List.of(IpPrefix.single(peerAddress))));
    peerPath = new From(remote);
    wireGuard = new WireGuard(new WireGuard.Config(key, 1280, Aeads.best()), this, entropy);
  }

  public static void main(String[] arguments) throws Exception {
    NodePrivateKey key = NodePrivateKey.parse(Files.readString(Path.of(arguments[0])));
    Ip peerAddress = Ip.parse(arguments[5]);
    WireGuardNode node =
        new WireGuardNode(
            key, NodeKey.parse(arguments[1]), Endpoint.parse(arguments[3]), peerAddress);
    NetstackLoop stack = node.open(Ip.parse(arguments[2]), Ip.parse(arguments[4]));
    stack.listen(BulkServer.PORT, BulkServer.handler()).sync();
    System.out.println("ready");
    for (int i = 6; i + 2 < arguments.length; i += 3) {
      long start = System.nanoTime();
      String outcome =
          BulkServer.ask(
              stack,
              new Endpoint(peerAddress, BulkServer.PORT).toSocketAddress(),
              new BulkServer.Request(
                  arguments[i],
                  Long.parseLong(arguments[i + 1]),
                  Long.parseLong(arguments[i + 2])));
      System.out.println(
          arguments[i] + " " + outcome + " in " + (System.nanoTime() - start) / 1_000_000 + " ms");
    }
    Thread.currentThread().join();
  }

  private NetstackLoop open(Ip bind, Ip address) throws Exception {
    sockets = UdpSockets.bind(loop, bind, null, PORT, this::handleDatagrams);
    return loop.call(() -> {
      wireGuard.setWallClock(loop.now(), Instant.now());
      Entropy entropy = new SecureRandom()::nextBytes;
      NetstackLoop made =
          new NetstackLoop(
              loop.eventLoop(),
              new Netstack(NetstackConfig.DEFAULT, entropy),
              loop::now,
              this::handlePackets);
      made.setAddresses(List.of(address));
      stack = made;
      return made;
    });
  }

  private void handleDatagrams(Endpoint from, Datagrams datagrams) {
    wireGuard.handleDatagrams(loop.now(), new From(from), datagrams, this);
    timer.setDeadline(wireGuard.nextTimeout());
  }

  private void handlePackets(long now, Segments packets) {
    wireGuard.handlePackets(now, PEER, packets, this);
    timer.setDeadline(wireGuard.nextTimeout());
  }

  private void onTimeout() {
    wireGuard.handleTimeout(loop.now(), this);
    timer.setDeadline(wireGuard.nextTimeout());
  }

  @Override
  public @Nullable KnownPeer byKey(NodeKey key) {
    return key.equals(peer.key()) ? peer : null;
  }

  @Override
  public @Nullable KnownPeer byId(PeerId id) {
    return id.equals(PEER) ? peer : null;
  }

  @Override
  public boolean isExpected(PathId from) {
    return from.equals(peerPath);
  }

  @Override
  public void seal(SessionKey key, long firstCounter, Segments plain) {
    SendBuffer buffer = SendBuffer.allocate(key.sealedLength(plain));
    Datagrams sealed = key.seal(firstCounter, plain, buffer.memory());
    if (sockets == null) {
      buffer.release();
    } else {
      sockets.send(peerPath.endpoint(), buffer, sealed);
    }
  }

  @Override
  public void open(SessionKey key, Datagrams datagrams, PathId from) {
    key.open(datagrams, opened);
    wireGuard.handleOpened(loop.now(), from, key, opened, this);
  }

  @Override
  public void transmit(PeerId to, Segments datagrams) {
    send(peerPath, datagrams);
  }

  @Override
  public void reply(PathId to, Segments datagram) {
    send((From) to, datagram);
  }

  private void send(From to, Segments datagrams) {
    if (sockets != null) {
      sockets.send(to.endpoint(), datagrams);
    }
  }

  @Override
  public void deliver(PeerId from, Segments packets) {
    if (stack != null) {
      stack.handlePackets(packets);
    }
  }

  @Override
  public void heard(PeerId from, PathId path) {}

  @Override
  public void event(SessionEvent event) {
    System.out.println(event);
  }

  /// A UDP source.
  private record From(Endpoint endpoint) implements PathId {
    @Override
    public Bytes source() {
      return Bytes.of(endpoint.toString().getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    @Override
    public Bytes host() {
      return Bytes.of(endpoint.ip().toBytes());
    }
  }
}
