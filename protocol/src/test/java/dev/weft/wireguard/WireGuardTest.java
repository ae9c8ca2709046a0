package dev.weft.wireguard;

import static dev.weft.wireguard.Network.MILLISECOND;
import static dev.weft.wireguard.Network.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Bytes;
import dev.weft.base.Datagrams;
import dev.weft.base.Ip;
import dev.weft.base.Segments;
import dev.weft.wireguard.SessionEvent.HandshakeGaveUp;
import dev.weft.wireguard.SessionEvent.SessionEstablished;
import dev.weft.wireguard.SessionEvent.SessionsCleared;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WireGuardTest {
  private final Network network = new Network(1);
  private final Network.Node a = network.addNode();
  private final Network.Node b = network.addNode();

  @Test
  void thePacketThatStartsAHandshakeArrivesWhenItIsDone() {
    byte[] packet = a.packet(b, 1, 100);
    a.send(b, packet);
    network.runFor(SECOND);
    assertEquals(List.of(Bytes.of(packet)), b.delivered);
    assertEquals(List.of(new SessionEstablished(new PeerId(1), true)), a.events);
    assertEquals(List.of(new SessionEstablished(new PeerId(0), false)), b.events);
    assertTrue(a.stats(b).established());
    assertEquals(20 * MILLISECOND, a.stats(b).lastHandshake());
    assertEquals(148 + 160, a.stats(b).txBytes());
    assertEquals(92, a.stats(b).rxBytes());
  }

  @Test
  void aResponderIsSilentUntilItHeardFromTheInitiator() {
    a.send(b, a.packet(b, 1, 100));
    network.runFor(15 * MILLISECOND);
    b.send(a, b.packet(a, 2, 100));
    assertEquals(0, b.count(Messages.TRANSPORT));
    network.runFor(SECOND);
    assertEquals(1, a.delivered.size());
  }

  @Test
  void anInitiatorWithNothingToSayConfirmsWithAKeepalive() {
    a.send(b, a.packet(b, 1, 100));
    network.runFor(SECOND);
    b.send(a, b.packet(a, 2, 100));
    network.runFor(SECOND);
    // The session is renewed by its initiator after two minutes; what was sent then is the packet.
    network.runFor(121 * SECOND);
    a.send(b, a.packet(b, 3, 100));
    network.runFor(SECOND);
    assertEquals(2, a.count(Messages.INITIATION));
    assertEquals(4, a.count(Messages.TRANSPORT), "packet, answer, packet, confirmation");
    b.send(a, b.packet(a, 4, 100));
    network.runFor(SECOND);
    assertEquals(2, a.delivered.size());
  }

  @Test
  void aBatchArrivesAsABatch() {
    a.send(b, a.packet(b, 0, 100));
    network.runFor(SECOND);
    byte[] array = new byte[40 * 1280 + 300];
    for (int i = 0; i < 41; i++) {
      byte[] packet = a.packet(b, i, i < 40 ? 1260 : 280);
      System.arraycopy(packet, 0, array, i * 1280, packet.length);
    }
    a.core.handlePackets(network.now, new PeerId(1), Segments.of(array, 0, array.length, 1280), a);
    network.runFor(SECOND);
    assertEquals(42, b.delivered.size());
    assertEquals(List.of(1, 41), b.deliveredBatches);
    assertEquals(Bytes.copyOf(array, 1280, 1280), b.delivered.get(2));
    assertEquals(300, b.delivered.getLast().length());
  }

  @Test
  void packetsOfOddSizeAreTrimmedAndStayInOrder() {
    a.send(b, a.packet(b, 0, 100));
    network.runFor(SECOND);
    byte[] array = new byte[10 * 333];
    for (int i = 0; i < 10; i++) {
      System.arraycopy(a.packet(b, i, 313), 0, array, i * 333, 333);
    }
    a.core.handlePackets(network.now, new PeerId(1), Segments.of(array, 0, array.length, 333), a);
    network.runFor(SECOND);
    for (int i = 0; i < 10; i++) {
      assertEquals(Bytes.copyOf(array, i * 333, 333), b.delivered.get(i + 1));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {333, 1280})
  void whatIsForgedOrRepeatedInABatchIsLeftOutAndTheOthersStayTogether(int size) {
    a.send(b, a.packet(b, 0, 100));
    network.runFor(SECOND);
    SessionKey key = Objects.requireNonNull(a.lastSealed);
    byte[] plain = new byte[10 * size];
    List<Bytes> expected = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      System.arraycopy(a.packet(b, i, size - 20), 0, plain, i * size, size);
      if (i != 0 && i != 4 && i != 9) {
        expected.add(Bytes.copyOf(plain, i * size, size));
      }
    }
    b.delivered.clear();
    b.deliveredBatches.clear();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment socket = arena.allocate(20_000);
      Datagrams sealed = key.seal(100, Segments.of(plain, 0, plain.length, size), socket);
      for (int forged : new int[] {0, 4, 9}) {
        long at = sealed.offset(forged) + sealed.length(forged) - 1L;
        socket.set(ValueLayout.JAVA_BYTE, at, (byte) ~socket.get(ValueLayout.JAVA_BYTE, at));
      }
      b.core.handleDatagrams(network.now, new Network.Address(0), sealed, b);
      assertEquals(expected, b.delivered);
      assertEquals(List.of(7), b.deliveredBatches);
      assertEquals(3, b.core.drops().count(Drop.BAD_TRANSPORT));

      b.core.handleDatagrams(network.now, new Network.Address(0), sealed, b);
      assertEquals(7, b.core.drops().count(Drop.REPLAYED_COUNTER));
      assertEquals(expected, b.delivered);
    }
  }

  @Test
  void moreMessagesThanAreOpenedAtOnceAllArrive() {
    a.send(b, a.packet(b, 0, 100));
    network.runFor(SECOND);
    SessionKey key = Objects.requireNonNull(a.lastSealed);
    byte[] plain = new byte[200 * 64];
    for (int i = 0; i < 200; i++) {
      System.arraycopy(a.packet(b, i, 44), 0, plain, i * 64, 64);
    }
    byte[] sealed = new byte[200 * 96];
    Segments all = key.seal(100, Segments.of(plain, 0, plain.length, 64), sealed);
    b.core.handleDatagrams(network.now, new Network.Address(0), all, b);
    assertEquals(201, b.delivered.size());
    assertEquals(Bytes.copyOf(plain, 199 * 64, 64), b.delivered.getLast());
  }

  @Test
  void paddingIsToSixteenButNotBeyondTheMtu() {
    assertEquals(0, SessionKey.paddedLength(0, 1280));
    assertEquals(32, SessionKey.paddedLength(20, 1280));
    assertEquals(1280, SessionKey.paddedLength(1279, 1280));
    assertEquals(1420, SessionKey.paddedLength(1419, 1420));
    assertEquals(1420 + 16, SessionKey.paddedLength(1421, 1420));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void bothSidesThatStartAtOnceCanTalkAtOnce(long seed) {
    Network pair = new Network(seed);
    pair.jitter = 30 * MILLISECOND;
    Network.Node left = pair.addNode();
    Network.Node right = pair.addNode();
    left.send(right, left.packet(right, 1, 60));
    right.send(left, right.packet(left, 2, 60));
    pair.runFor(SECOND);
    left.send(right, left.packet(right, 3, 60));
    right.send(left, right.packet(left, 4, 60));
    pair.runFor(SECOND);
    assertEquals(2, right.delivered.size(), "seed " + seed);
    assertEquals(2, left.delivered.size(), "seed " + seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15, 16})
  void trafficSurvivesLossReorderingAndRepetitionOverManyRekeys(long seed) {
    Network lossy = new Network(seed);
    Network.Node left = lossy.addNode();
    Network.Node right = lossy.addNode();
    lossy.jitter = 200 * MILLISECOND;
    lossy.loss = 0.2;
    lossy.repeat = 0.1;
    Random random = new Random(seed);
    int sent = 0;
    for (int i = 0; i < 1_200; i++) {
      Network.Node from = random.nextBoolean() ? left : right;
      Network.Node to = from == left ? right : left;
      from.send(to, from.packet(to, sent++, random.nextInt(4, 1200)));
      lossy.runFor(SECOND / 2);
    }
    lossy.loss = 0;
    lossy.runFor(10 * SECOND);
    List<Bytes> all = new ArrayList<>(left.delivered);
    all.addAll(right.delivered);
    assertEquals(all.size(), new HashSet<>(all).size(), "delivered twice, seed " + seed);
    assertTrue(all.size() > sent * 0.7, () -> all.size() + " delivered, seed " + seed);
    int handshakes = left.count(Messages.INITIATION) + right.count(Messages.INITIATION);
    assertTrue(handshakes < 40, () -> handshakes + " initiations in 10 minutes, seed " + seed);
  }

  @Test
  void anInitiatorGivesUpAfterTwentyInitiations() {
    b.muted = true;
    network.loss = 1;
    a.send(b, a.packet(b, 1, 100));
    network.runFor(120 * SECOND);
    assertEquals(20, a.count(Messages.INITIATION));
    assertEquals(List.of(new HandshakeGaveUp(new PeerId(1))), a.events);
    assertEquals(1, a.core.drops().count(Drop.STAGED_EXPIRED));
    network.loss = 0;
    b.muted = false;
    a.send(b, a.packet(b, 2, 100));
    network.runFor(SECOND);
    assertEquals(1, b.delivered.size());
  }

  @Test
  void theOldestOf129StagedPacketsIsDropped() {
    for (int i = 0; i < 129; i++) {
      a.send(b, a.packet(b, i, 40));
    }
    network.runFor(SECOND);
    assertEquals(128, b.delivered.size());
    assertEquals(Bytes.of(a.packet(b, 1, 40)), b.delivered.getFirst());
    assertEquals(1, a.core.drops().count(Drop.STAGED_OVERFLOW));
  }

  @Test
  void aReceiverThatIsSilentSendsOneKeepaliveAfterTenSeconds() {
    a.send(b, a.packet(b, 1, 100));
    network.runFor(9 * SECOND);
    assertEquals(0, b.count(Messages.TRANSPORT));
    network.runFor(2 * SECOND);
    assertEquals(1, b.count(Messages.TRANSPORT));
    network.runFor(60 * SECOND);
    assertEquals(1, b.count(Messages.TRANSPORT));
    assertEquals(1, a.count(Messages.INITIATION), "the keepalive shows that the peer is there");
  }

  @Test
  void dataWithoutAnAnswerStartsANewHandshakeAfterFifteenSeconds() {
    a.send(b, a.packet(b, 1, 100));
    network.runFor(SECOND);
    network.runFor(11 * SECOND); // its keepalive answered the first packet
    b.muted = true;
    a.send(b, a.packet(b, 2, 100));
    network.runFor(15 * SECOND - MILLISECOND);
    assertEquals(1, a.count(Messages.INITIATION));
    network.runFor(SECOND);
    assertEquals(2, a.count(Messages.INITIATION));
  }

  @Test
  void onlyTheInitiatorRenewsASessionForItsAge() {
    a.send(b, a.packet(b, 1, 100));
    network.runFor(130 * SECOND);
    b.send(a, b.packet(a, 2, 100));
    network.runFor(SECOND);
    assertEquals(0, b.count(Messages.INITIATION));
    assertEquals(1, a.count(Messages.INITIATION), "data received at 130 s is no reason");
    network.runFor(36 * SECOND);
    b.send(a, b.packet(a, 3, 100));
    network.runFor(SECOND);
    assertEquals(2, a.count(Messages.INITIATION), "data received after 165 s is");
  }

  @Test
  void anExpiredSessionIsReplacedBeforeAnythingIsSent() {
    a.send(b, a.packet(b, 1, 100));
    network.runFor(200 * SECOND);
    int before = a.count(Messages.TRANSPORT);
    a.send(b, a.packet(b, 2, 100));
    assertEquals(before, a.count(Messages.TRANSPORT));
    network.runFor(SECOND);
    assertEquals(2, b.delivered.size());
  }

  @Test
  void keysAreWipedNineMinutesAfterTheLastWasMade() {
    a.send(b, a.packet(b, 1, 100));
    network.runFor(539 * SECOND);
    assertFalse(a.events.contains(new SessionsCleared(new PeerId(1))));
    network.runFor(2 * SECOND);
    assertTrue(a.events.contains(new SessionsCleared(new PeerId(1))));
    assertTrue(b.events.contains(new SessionsCleared(new PeerId(0))));
    assertEquals(Long.MAX_VALUE, a.core.nextTimeout());
    assertEquals(Long.MAX_VALUE, b.core.nextTimeout());
  }

  @Test
  void anInnerSourceThatIsNotThePeersIsDropped() {
    a.send(b, a.packet(b, 1, 100));
    network.runFor(SECOND);
    a.send(b, Network.Node.packet(Ip.parse("100.64.9.9"), b.address, 2, 100));
    network.runFor(SECOND);
    assertEquals(1, b.delivered.size());
    assertEquals(1, b.core.drops().count(Drop.BAD_INNER_SOURCE));
  }

  @Test
  void anIpv6PacketThatClaimsAnIpv4AddressIsDropped() {
    a.send(b, a.packet(b, 1, 100));
    network.runFor(SECOND);
    byte[] packet = new byte[40];
    packet[0] = 0x60;
    packet[6] = (byte) 253;
    a.address.writeMapped16(packet, 8);
    b.address.writeMapped16(packet, 24);
    a.send(b, packet);
    network.runFor(SECOND);
    assertEquals(1, b.core.drops().count(Drop.BAD_INNER_PACKET));
  }

  @Test
  void garbageInsideIsDropped() {
    a.send(b, a.packet(b, 1, 100));
    network.runFor(SECOND);
    a.send(b, new byte[77]);
    network.runFor(SECOND);
    assertEquals(1, b.core.drops().count(Drop.BAD_INNER_PACKET));
    assertEquals(1, b.delivered.size());
  }

  @Test
  void anInitiationFromAStrangerIsDropped() {
    b.refused.add(a);
    a.send(b, a.packet(b, 1, 100));
    network.runFor(400 * MILLISECOND);
    assertEquals(1, b.core.drops().count(Drop.UNKNOWN_KEY));
    assertEquals(0, b.count(Messages.RESPONSE));
  }

  /// As when both have just joined, and control has told one of the other first.
  @Test
  void aPeerThatLearnsOfUsLateIsReachedSoonAfter() {
    b.refused.add(a);
    a.send(b, a.packet(b, 1, 100));
    network.runFor(400 * MILLISECOND);
    b.refused.remove(a);
    network.runFor(600 * MILLISECOND);
    assertEquals(1, b.delivered.size());
  }

  @Test
  void eagerInitiationsAreFewAndThenTheUsualIntervalHolds() {
    b.refused.add(a);
    a.send(b, a.packet(b, 1, 100));
    network.runFor(4_800 * MILLISECOND);
    assertEquals(4, a.count(Messages.INITIATION), "at once, and after 0.5, 1 and 2 s more");
    for (int i = 0; i < 40; i++) {
      a.send(b, a.packet(b, 1, 100));
      network.runFor(SECOND);
    }
    assertTrue(a.count(Messages.INITIATION) <= 4 + 40 / 5 + 1, "sending more does not ask more");
  }

  @Test
  void aRemovedPeerIsForgotten() {
    a.send(b, a.packet(b, 1, 100));
    network.runFor(SECOND);
    b.core.remove(new PeerId(0));
    b.refused.add(a);
    a.send(b, a.packet(b, 2, 100));
    network.runFor(SECOND);
    assertEquals(1, b.delivered.size());
    assertEquals(1, b.core.drops().count(Drop.UNKNOWN_INDEX));
    assertEquals(Long.MAX_VALUE, b.core.nextTimeout());
  }

  @Test
  void thePriorityMessageGoesAheadOfStagedPacketsOnBothSides() {
    a.greets = true;
    b.greets = true;
    a.send(b, a.packet(b, 1, 100));
    network.runFor(SECOND);
    assertEquals(
        List.of(Bytes.of(a.packet(b, 0x47524545, 4)), Bytes.of(a.packet(b, 1, 100))), b.delivered);
    assertEquals(List.of(Bytes.of(b.packet(a, 0x47524545, 4))), a.delivered);
  }

  @Test
  void underLoadACookieIsAskedForAndThenTheHandshakeSucceeds() {
    putUnderLoad();
    assertEquals(1, b.cookieReplies, "the last of 128");
    a.send(b, a.packet(b, 1, 100));
    network.runFor(400 * MILLISECOND);
    assertEquals(2, b.cookieReplies);
    assertEquals(0, b.delivered.size());
    network.runFor(5 * SECOND);
    assertEquals(1, b.delivered.size(), "the retransmission carries the cookie");
  }

  @Test
  void underLoadASourceThatIsExpectedNeedsNoCookie() {
    b.expected.add(a);
    putUnderLoad();
    a.send(b, a.packet(b, 1, 100));
    network.runFor(400 * MILLISECOND);
    assertEquals(1, b.delivered.size());
  }

  @Test
  void anExpectedSourceThatInitiatesTooOftenNeedsACookieAgain() {
    b.expected.add(a);
    putUnderLoad();
    int before = b.cookieReplies;
    for (int i = 0; i < 20; i++) {
      a.restart(Instant.ofEpochSecond(1_700_000_100 + i)); // as one who forges a's address
      a.send(b, a.packet(b, 1, 100));
      network.runFor(21 * MILLISECOND);
    }
    int answered = b.count(Messages.RESPONSE);
    assertTrue(answered >= 5 && answered <= 14, answered + " answered");
    assertEquals(20 - answered, b.cookieReplies - before);
  }

  private void putUnderLoad() {
    for (int i = 0; i < 128; i++) {
      Network.Node stranger = network.addNode();
      b.refused.add(stranger);
      stranger.send(b, stranger.packet(b, 1, 20));
    }
    network.runFor(15 * MILLISECOND);
  }

  @Test
  void aSessionIsRenewedAfterTwoToTheSixtyMessages() {
    a.send(b, a.packet(b, 1, 100));
    network.runFor(6 * SECOND);
    keypairOf(a).takeCounters(1 << 30);
    a.send(b, a.packet(b, 2, 100));
    assertEquals(1, a.count(Messages.INITIATION));
    skipTo(a, Keypair.REKEY_AFTER_MESSAGES);
    a.send(b, a.packet(b, 3, 100));
    assertEquals(2, a.count(Messages.INITIATION));
    network.runFor(SECOND);
    assertEquals(3, b.delivered.size(), "the old session serves until the new one is there");
  }

  @Test
  void aResponderTooRenewsASessionAfterTwoToTheSixtyMessages() {
    a.send(b, a.packet(b, 1, 100));
    network.runFor(6 * SECOND);
    b.send(a, b.packet(a, 1, 100));
    skipTo(b, Keypair.REKEY_AFTER_MESSAGES);
    b.send(a, b.packet(a, 2, 100));
    assertEquals(1, b.count(Messages.INITIATION));
  }

  @Test
  void aSessionWithoutCountersLeftSendsNothing() {
    a.send(b, a.packet(b, 1, 100));
    network.runFor(6 * SECOND);
    skipTo(a, Keypair.REJECT_AFTER_MESSAGES);
    int before = a.count(Messages.TRANSPORT);
    a.send(b, a.packet(b, 2, 100));
    assertEquals(before, a.count(Messages.TRANSPORT));
    network.runFor(SECOND);
    assertEquals(2, b.delivered.size());
  }

  private static Keypair keypairOf(Network.Node node) {
    return Objects.requireNonNull(node.lastSealed).keypair();
  }

  private static void skipTo(Network.Node node, long counter) {
    long next = keypairOf(node).takeCounters(0);
    keypairOf(node).takeCounters(counter - next);
  }

  @Test
  void afterARestartWithTheClockSetBackPeersStillAnswer() {
    Instant yesterday = Instant.ofEpochSecond(1_700_000_000 - 86_400);
    a.send(b, a.packet(b, 1, 100));
    network.runFor(SECOND);
    long known = a.core.lastInitiationTime();
    a.restart(yesterday);
    a.send(b, a.packet(b, 2, 100));
    network.runFor(SECOND);
    assertEquals(1, b.delivered.size(), "what happens to one that remembers nothing");
    a.restart(yesterday);
    a.core.resumeAfter(known);
    a.send(b, a.packet(b, 3, 100));
    network.runFor(SECOND);
    assertEquals(2, b.delivered.size());
    assertTrue(a.core.lastInitiationTime() > known);
  }

  @Test
  void noBytesFromTheNetworkThrow() {
    a.send(b, a.packet(b, 1, 100));
    network.runFor(SECOND);
    long seed = 0xbad;
    Random random = new Random(seed);
    Network.Address from = new Network.Address(0);
    int[] lengths = {0, 1, 31, 32, 64, 92, 148, 200};
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[lengths[random.nextInt(lengths.length)]];
      random.nextBytes(bytes);
      if (bytes.length > 4) {
        bytes[0] = (byte) random.nextInt(6);
        bytes[1] = 0;
        bytes[2] = 0;
        bytes[3] = 0;
      }
      b.core.handleDatagrams(network.now, from, Segments.single(bytes, 0, bytes.length), b);
    }
    a.send(b, a.packet(b, 2, 100));
    network.runFor(SECOND);
    assertEquals(2, b.delivered.size(), () -> "seed " + seed);
  }

  @Test
  void aReplayedInitiationIsNotAnswered() {
    a.send(b, a.packet(b, 1, 100));
    network.repeat = 1;
    Network.Node c = network.addNode();
    c.send(b, c.packet(b, 1, 100));
    network.runFor(SECOND);
    assertEquals(1, b.core.drops().count(Drop.REPLAYED_INITIATION));
    assertEquals(2, b.count(Messages.RESPONSE));
    assertEquals(2, b.delivered.size());
  }
}
