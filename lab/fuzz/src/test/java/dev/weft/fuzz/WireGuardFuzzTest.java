package dev.weft.fuzz;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weft.base.Bytes;
import dev.weft.base.Datagrams;
import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.base.PrefixSet;
import dev.weft.base.Segments;
import dev.weft.crypto.Aeads;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.testkit.SeededEntropy;
import dev.weft.wireguard.KnownPeer;
import dev.weft.wireguard.OpenedBatch;
import dev.weft.wireguard.PathId;
import dev.weft.wireguard.PeerId;
import dev.weft.wireguard.PeerSource;
import dev.weft.wireguard.SessionEvent;
import dev.weft.wireguard.SessionKey;
import dev.weft.wireguard.WireGuard;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Two whole endpoints and somebody between them: it changes, repeats, drops and invents datagrams,
/// and one of the two has anything at all inside its authentic packets.
final class WireGuardFuzzTest {
  private static final long MILLISECOND = 1_000_000L;
  private static final int MAX_STEPS = 200;

  @FuzzTest
  void noDatagramHarmsAnEndpoint(byte[] input) {
    Script script = new Script(input);
    Pair pair = new Pair();
    for (int step = 0; step < MAX_STEPS && script.hasMore(); step++) {
      pair.step(script);
    }
    pair.stillTalks();
  }

  private static final class Pair {
    final Endpoint a = new Endpoint(0);
    final Endpoint b = new Endpoint(1);
    long now;

    Pair() {
      a.peer = b;
      b.peer = a;
    }

    void step(Script script) {
      int choice = script.u8();
      Endpoint to = choice % 2 == 0 ? a : b;
      switch (choice >>> 1 & 7) {
        case 0 -> to.receive(now, script.take(script.u8()));
        case 1 -> to.peer.send(now, script.take(script.u8()));
        case 2 -> deliver(to, 0, 0);
        case 3 -> deliver(to, script.u8(), script.u8());
        case 4 -> to.arriving.poll();
        case 5 -> repeat(to);
        case 6 -> {
          now += script.u16() * MILLISECOND * 4;
          timeouts();
        }
        default -> batch(to, script.u8());
      }
    }

    /// The oldest datagram on its way, one byte of it changed.
    void deliver(Endpoint to, int at, int change) {
      byte[] datagram = to.arriving.poll();
      if (datagram != null) {
        datagram[at % datagram.length] ^= (byte) change;
        to.receive(now, datagram);
      }
    }

    void repeat(Endpoint to) {
      byte[] datagram = to.arriving.peek();
      if (datagram != null) {
        to.receive(now, datagram.clone());
      }
    }

    /// Everything on its way in one batch of segments that are not where messages end.
    void batch(Endpoint to, int segment) {
      byte[] all = new byte[0];
      for (byte[] next = to.arriving.poll(); next != null; next = to.arriving.poll()) {
        int end = all.length;
        all = Arrays.copyOf(all, end + next.length);
        System.arraycopy(next, 0, all, end, next.length);
      }
      to.core.handleDatagrams(now, to, Segments.of(all, 0, all.length, segment + 1), to);
    }

    void timeouts() {
      for (Endpoint endpoint : List.of(a, b)) {
        for (int i = 0; i < 8 && endpoint.core.nextTimeout() <= now; i++) {
          endpoint.core.handleTimeout(now, endpoint);
        }
        assertTrue(endpoint.core.nextTimeout() > now, "a timer fires again and again");
      }
    }

    /// Whatever happened: left alone, the two find each other again.
    void stillTalks() {
      a.arriving.clear();
      b.arriving.clear();
      a.delivered = b.delivered = 0;
      for (int i = 0; i < 400 && b.delivered == 0; i++) {
        now += 1_000 * MILLISECOND;
        timeouts();
        if (i % 20 == 0) {
          a.send(now, a.packet());
        }
        for (int turn = 0; turn < 8; turn++) {
          deliver(a, 0, 0);
          deliver(b, 0, 0);
        }
      }
      assertTrue(b.delivered > 0, "the endpoints no longer find each other");
    }
  }

  private static final class Endpoint implements WireGuard.Output, PeerSource, PathId {
    private static final int MAX_ARRIVING = 64;
    private static final PeerId OTHER = new PeerId(3);

    final int number;
    final NodePrivateKey key;
    final WireGuard core;
    final ArrayDeque<byte[]> arriving = new ArrayDeque<>();
    final byte[] sealed = new byte[128 << 10];
    final OpenedBatch opened = new OpenedBatch();
    Endpoint peer = this;
    int delivered;

    Endpoint(int number) {
      SeededEntropy entropy = new SeededEntropy(number);
      this.number = number;
      key = NodePrivateKey.generate(entropy::fill);
      core = new WireGuard(new WireGuard.Config(key, 1280, Aeads.best()), this, entropy::fill);
      core.setWallClock(0, Instant.ofEpochSecond(1_700_000_000));
    }

    Ip address() {
      return Ip.v4(0x6440_0001 + number);
    }

    byte[] packet() {
      byte[] packet = new byte[24];
      packet[0] = 0x45;
      packet[3] = (byte) packet.length;
      packet[8] = 64;
      packet[9] = (byte) 253;
      System.arraycopy(address().toBytes(), 0, packet, 12, 4);
      System.arraycopy(peer.address().toBytes(), 0, packet, 16, 4);
      return packet;
    }

    void send(long now, byte[] packet) {
      core.handlePackets(now, OTHER, Segments.single(packet, 0, packet.length), this);
    }

    void receive(long now, byte[] datagram) {
      core.handleDatagrams(now, peer, Segments.single(datagram, 0, datagram.length), this);
    }

    @Override
    public @Nullable KnownPeer byKey(NodeKey of) {
      return of.equals(peer.key.publicKey()) ? byId(OTHER) : null;
    }

    @Override
    public KnownPeer byId(PeerId id) {
      return new KnownPeer(
          OTHER, peer.key.publicKey(), PrefixSet.copyOf(List.of(IpPrefix.single(peer.address()))));
    }

    @Override
    public void seal(SessionKey session, long firstCounter, Segments plain) {
      transmit(OTHER, session.seal(firstCounter, plain, sealed));
    }

    @Override
    public void open(SessionKey session, Datagrams datagrams, PathId from) {
      session.open(datagrams, opened);
      core.handleOpened(0, from, session, opened, this);
    }

    @Override
    public void transmit(PeerId to, Segments datagrams) {
      for (int i = 0; i < datagrams.count() && peer.arriving.size() < MAX_ARRIVING; i++) {
        int from = datagrams.offset(i);
        peer.arriving.add(Arrays.copyOfRange(datagrams.array(), from, from + datagrams.length(i)));
      }
    }

    @Override
    public void reply(PathId to, Segments datagram) {
      assertTrue(datagram.length() <= 64, "a reply is longer than what may have caused it");
      transmit(OTHER, datagram);
    }

    @Override
    public void deliver(PeerId from, Segments packets) {
      for (int i = 0; i < packets.count(); i++) {
        int at = packets.offset(i) + 12;
        Ip source = Ip.ofBytes(packets.array(), at, 4);
        assertTrue(source.equals(peer.address()), "a packet with the source of somebody else");
        delivered++;
      }
    }

    @Override
    public void heard(PeerId who, PathId from) {
      assertNotNull(from);
    }

    @Override
    public void event(SessionEvent event) {
      assertNotNull(event);
    }

    @Override
    public Bytes source() {
      return Bytes.of((byte) number, (byte) 1);
    }

    @Override
    public Bytes host() {
      return Bytes.of((byte) number);
    }
  }
}
