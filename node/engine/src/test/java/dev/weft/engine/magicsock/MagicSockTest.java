package dev.weft.engine.magicsock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Endpoint;
import dev.weft.base.Entropy;
import dev.weft.disco.DiscoMessage;
import dev.weft.disco.DiscoPacket;
import dev.weft.disco.TxId;
import dev.weft.engine.Path;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.DiscoPrivateKey;
import dev.weft.keys.NodeKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MagicSockTest {
  private static final long SEED = 20_260_801;

  private final World world = new World(SEED);
  private final World.Host a = world.add("203.0.113.1:41641", true);
  private final World.Host b = world.add("203.0.113.2:41641", true);

  @Test
  void theFirstPacketGoesThroughTheRelayAtOnce() {
    world.introduce(true);
    a.sendData(b);
    assertEquals("data derp-900 " + b.key.shortString(), a.sent.getFirst());
    world.run(40);
    assertEquals(List.of(new Path.Derp(World.REGION, a.key)), b.received);
  }

  @Test
  void twoHostsBehindFiltersMeetWithinARoundTripOfTheCall() {
    world.introduce(true);
    a.sendData(b);
    world.run(30 + 10 + 10 + 10);
    assertEquals(b.address, a.directTo(b));
    a.sent.clear();
    a.sendData(b);
    assertEquals(List.of("data " + b.address), a.sent, "a trusted path carries data alone");
  }

  @Test
  void theCallTellsAddressesThatTheMapDoesNotKnow() {
    world.introduce(false);
    // b has heard nothing of a's address; a knows an address of b that is of no use.
    a.sock.setPeers(
        world.now,
        List.of(
            new PeerPaths(
                b.key,
                b.sock.discoKey(),
                List.of(Endpoint.parse("198.51.100.1:1")),
                World.REGION,
                false)),
        a);
    a.sendData(b);
    world.chat(a, b, 8_000);
    assertEquals(a.address, b.directTo(a));
    assertEquals(b.address, a.directTo(b));
  }

  @Test
  void aPeerWithoutCandidatesIsNotCalled() {
    world.introduce(false);
    a.sendData(b);
    assertEquals(0, a.endpointsWanted);
    assertEquals(1, a.sent.size());
  }

  @Test
  void aCallWaitsForFreshEndpoints() {
    world.introduce(true);
    a.answersEndpointNeeds = false;
    a.sendData(b);
    assertEquals(1, a.endpointsWanted);
    assertFalse(a.sent.contains("disco derp-900 " + b.key.shortString()));
    a.sock.setOwnEndpoints(world.now, List.of(a.address), a);
    assertTrue(a.sent.contains("disco derp-900 " + b.key.shortString()));
  }

  @Test
  void whenUdpDiesDataIsDoubledThenRelayedAndComesBackLater() {
    world.introduce(true);
    world.chat(a, b, 2_000);
    assertEquals(b.address, a.directTo(b));

    world.udpCut = true;
    world.chat(a, b, 7_000);
    assertNull(a.directTo(b), "trust lapses 6.5 s after the last pong");
    a.sent.clear();
    a.sendData(b);
    assertTrue(a.sent.contains("data derp-900 " + b.key.shortString()), a.sent.toString());

    world.chat(a, b, 6_000);
    a.sent.clear();
    a.sendData(b);
    assertFalse(a.sent.contains("data " + b.address), "the lost path was given up: " + a.sent);

    world.udpCut = false;
    world.chat(a, b, 6_000);
    assertEquals(b.address, a.directTo(b));
  }

  @Test
  void heartbeatsKeepAPathAndStopWhenNothingIsSent() {
    world.introduce(true);
    world.chat(a, b, 2_000);
    world.run(30_000);
    assertEquals(b.address, a.directTo(b), "heartbeats vouch for the path while it is in use");
    world.run(60_000);
    a.sent.clear();
    b.sent.clear();
    world.run(60_000);
    assertEquals(List.of(), a.sent, "an idle pair is silent");
    assertEquals(Long.MAX_VALUE, a.sock.nextTimeout());
  }

  @Test
  void aMuchFasterPathIsTakenAndASlightlyFasterOneIsNot() {
    Endpoint slow = Endpoint.parse("198.51.100.1:1");
    Endpoint fast = Endpoint.parse("198.51.100.2:1");
    assertTrue(BestPath.isBetter(fast, 10, slow, 20));
    assertFalse(BestPath.isBetter(slow, 20, fast, 10));
    assertFalse(BestPath.isBetter(fast, 995, slow, 1_000));
    assertTrue(BestPath.isBetter(Endpoint.parse("192.168.1.1:1"), 1_000, fast, 995));
    assertTrue(BestPath.isBetter(Endpoint.parse("[2001:db8::1]:1"), 1_000, fast, 1_000));
  }

  @Test
  void aCallByUdpIsIgnored() {
    world.introduce(false);
    byte[] call = sealed(a, b, new DiscoMessage.CallMeMaybe(List.of(a.address)));
    b.sock.handleDatagram(world.now, new Path.Udp(a.address), call, 0, call.length, b);
    assertEquals(List.of(), b.sent);
    assertEquals(1, b.sock.dropped());
  }

  @Test
  void aCallIsAnsweredByPingsAndNotByACall() {
    world.introduce(false);
    byte[] call =
        sealed(
            a, b, new DiscoMessage.CallMeMaybe(List.of(a.address, Endpoint.parse("[fe80::1]:1"))));
    b.sock.handleDatagram(world.now, new Path.Derp(World.REGION, a.key), call, 0, call.length, b);
    assertEquals(List.of("disco " + a.address), b.sent);
  }

  @Test
  void aCallSealedByAnotherNodesKeyIsIgnored() {
    World.Host c = world.add("203.0.113.3:41641", false);
    world.introduce(false);
    byte[] call = sealed(c, b, new DiscoMessage.CallMeMaybe(List.of(c.address)));
    b.sock.handleDatagram(world.now, new Path.Derp(World.REGION, a.key), call, 0, call.length, b);
    assertEquals(List.of(), b.sent);
  }

  @Test
  void aPongFromElsewhereOrToNoPingChangesNothing() {
    world.introduce(true);
    world.udpCut = true;
    a.sendData(b);
    TxId guessed = new TxId(1, 2);
    byte[] pong = sealed(b, a, new DiscoMessage.Pong(guessed, a.address));
    a.sock.handleDatagram(world.now, new Path.Udp(b.address), pong, 0, pong.length, a);
    assertNull(a.directTo(b));
    assertEquals(1, a.sock.dropped());
  }

  @Test
  void strangersAreDroppedWithoutAnAnswer() {
    world.introduce(true);
    Random random = new Random(SEED + 1);
    DiscoPrivateKey stranger = DiscoPrivateKey.generate(random::nextBytes);
    byte[] ping =
        DiscoPacket.seal(
            stranger.publicKey(),
            stranger.box(b.sock.discoKey()),
            random::nextBytes,
            new DiscoMessage.Ping(new TxId(1, 1), a.key, 0));
    assertTrue(b.sock.handleDatagram(world.now, new Path.Udp(a.address), ping, 0, ping.length, b));
    assertEquals(List.of(), b.sent);
  }

  @Test
  void aPingThatComesTwiceIsAnsweredOnce() {
    world.introduce(true);
    byte[] ping = sealed(a, b, new DiscoMessage.Ping(new TxId(7, 7), a.key, 0));
    b.sock.handleDatagram(world.now, new Path.Udp(a.address), ping, 0, ping.length, b);
    b.sock.handleDatagram(world.now, new Path.Udp(a.address), ping, 0, ping.length, b);
    assertEquals(List.of("disco " + a.address), b.sent);
  }

  @Test
  void aRequestedPingReportsTheRelayThenTheDirectPath() {
    world.introduce(true);
    world.relayDelay = 1_000_000;
    a.sock.ping(world.now, b.key, 5, 0, a);
    world.run(10);
    assertEquals(List.of("5 derp-900 " + b.key.shortString() + " 2ms"), a.pongs.subList(0, 1));
    world.run(200);
    a.pongs.clear();
    a.sock.ping(world.now, b.key, 6, 1_300, a);
    world.run(50);
    assertEquals(List.of("6 " + b.address + " 20ms"), a.pongs);
  }

  @Test
  void nothingIsSentToAnExpiredPeer() {
    world.introduce(true);
    PeerPaths known = b.paths(true);
    a.sock.setPeers(
        world.now,
        List.of(
            new PeerPaths(known.key(), known.disco(), known.endpoints(), known.homeDerp(), true)),
        a);
    a.sendData(b);
    a.sock.ping(world.now, b.key, 1, 0, a);
    assertEquals(List.of(), a.sent);
  }

  @Test
  void aPeerOnNoRelayIsAnsweredWhereItWasHeard() {
    world.introduce(false);
    a.sock.setPeers(
        world.now, List.of(new PeerPaths(b.key, DiscoKey.ZERO, List.of(), 0, false)), a);
    a.sendData(b);
    assertEquals(List.of(), a.sent);
    a.sock.authenticated(b.key, new Path.Derp(World.REGION, b.key));
    a.sendData(b);
    assertEquals(List.of("data derp-900 " + b.key.shortString()), a.sent);
    a.sock.peerGone(World.REGION, b.key);
    a.sent.clear();
    a.sendData(b);
    assertEquals(List.of(), a.sent);
  }

  @Test
  void aRestartedPeerHasToProveItsPathAgain() {
    world.introduce(true);
    world.chat(a, b, 2_000);
    assertEquals(b.address, a.directTo(b));
    Random random = new Random(SEED + 1);
    DiscoKey fresh = DiscoPrivateKey.generate(random::nextBytes).publicKey();
    a.sock.setPeers(
        world.now,
        List.of(new PeerPaths(b.key, fresh, List.of(b.address), World.REGION, false)),
        a);
    assertNull(a.directTo(b));
  }

  @Test
  void aFloodOfPingsFromManyPortsKeepsMemoryBounded() {
    world.introduce(true);
    Entropy entropy = new Random(SEED)::nextBytes;
    for (int port = 1; port <= 2_000; port++) {
      byte[] ping = sealed(a, b, new DiscoMessage.Ping(TxId.random(entropy), a.key, 0));
      Path from = new Path.Udp(new Endpoint(a.address.ip(), port));
      b.sock.handleDatagram(world.now, from, ping, 0, ping.length, b);
      b.sent.clear();
    }
    b.sendData(a);
    long pings = b.sent.stream().filter(s -> s.startsWith("disco 203")).count();
    assertTrue(pings <= Candidates.LIMIT, pings + " candidates");
    assertTrue(b.sent.contains("disco " + a.address), "what the map says is not pushed out");
    int known = 0;
    for (int port = 1; port <= 2_000; port++) {
      known += b.sock.peerOf(new Path.Udp(new Endpoint(a.address.ip(), port))) != null ? 1 : 0;
    }
    assertEquals(AddressBook.PER_PEER, known);
  }

  @Test
  void nodesThatShareADiscoKeyAreToldApart() {
    World.Host twin = world.add("203.0.113.9:41641", false);
    world.introduce(false);
    NodeKey first = a.key;
    List<PeerPaths> peers = new ArrayList<>();
    peers.add(a.paths(false));
    peers.add(new PeerPaths(twin.key, a.sock.discoKey(), List.of(), World.REGION, false));
    b.sock.setPeers(world.now, peers, b);
    Path unnamed = new Path.Udp(a.address);
    byte[] ping = sealed(a, b, new DiscoMessage.Ping(new TxId(1, 1), null, 0));
    b.sock.handleDatagram(world.now, unnamed, ping, 0, ping.length, b);
    assertNull(b.sock.peerOf(unnamed), "a ping without a name could be either's");
    byte[] named = sealed(a, b, new DiscoMessage.Ping(new TxId(1, 2), first, 0));
    b.sock.handleDatagram(world.now, unnamed, named, 0, named.length, b);
    assertEquals(first, b.sock.peerOf(unnamed));
  }

  @Test
  void randomBytesWithTheMagicAreHarmless() {
    world.introduce(true);
    Random random = new Random(SEED);
    for (int i = 0; i < 2_000; i++) {
      byte[] packet = sealed(a, b, new DiscoMessage.Ping(new TxId(i, i), a.key, 0));
      packet[6 + random.nextInt(packet.length - 6)] ^= (byte) (1 + random.nextInt(255));
      int length = 38 + random.nextInt(packet.length - 38);
      b.sock.handleDatagram(world.now, new Path.Udp(a.address), packet, 0, length, b);
    }
    assertEquals(List.of(), b.sent, "seed " + SEED);
    assertEquals(2_000, b.sock.dropped());
  }

  private static byte[] sealed(World.Host from, World.Host to, DiscoMessage message) {
    return from.seal(to, message);
  }
}
