package dev.weft.runtime.cipher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Bytes;
import dev.weft.base.Datagrams;
import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.base.PrefixSet;
import dev.weft.base.Segments;
import dev.weft.crypto.Aeads;
import dev.weft.engine.Path;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.runtime.loop.NodeLoop;
import dev.weft.runtime.loop.SendBuffer;
import dev.weft.wireguard.KnownPeer;
import dev.weft.wireguard.OpenedBatch;
import dev.weft.wireguard.PathId;
import dev.weft.wireguard.PeerId;
import dev.weft.wireguard.PeerSource;
import dev.weft.wireguard.SessionEvent;
import dev.weft.wireguard.SessionKey;
import dev.weft.wireguard.WireGuard;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two WireGuard cores on one loop, joined by their ciphers: real keys and real threads.
@Timeout(60)
final class BatchCipherTest {
  private static final Path.Udp PATH = new Path.Udp(Endpoint.parse("127.0.0.1:9"));
  private static final int MTU = 1280;
  private static final int PACKETS = 30_000;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final NodeLoop loop = new NodeLoop();
  private final CountDownLatch done = new CountDownLatch(1);
  private int sent;
  private int arrived;
  private String problem = "";

  @AfterEach
  void close() {
    loop.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void packetsOfOneKeyArriveInOrderWhateverTheirBatches(boolean beside) throws Exception {
    Side a = new Side(1, beside);
    Side b = join(a, new Side(2, beside));
    loop.call(() -> {
      a.sendOne();
      return null;
    });
    loop.eventLoop().execute(() -> sendMore(a));
    assertTrue(done.await(50, TimeUnit.SECONDS), () -> arrived + " arrived, seed " + seed);
    assertEquals("", problem, () -> "seed " + seed);
    loop.call(() -> {
      a.cipher.close();
      b.cipher.close();
      return null;
    });
    assertFalse(laneThreadIsLeft());
  }

  @Test
  void whatIsUnderWayWhenItClosesIsGivenUpAndLaterBatchesGoAtOnce() throws Exception {
    Side a = new Side(1, true);
    join(a, new Side(2, false));
    loop.call(() -> {
      a.sendOne();
      for (int i = 0; i < BatchCipher.SLOTS; i++) {
        a.send(44);
      }
      int before = arrived;
      a.cipher.close();
      assertTrue(arrived <= sent);
      sent = arrived; // the numbers go on after what was lost
      a.send(44);
      assertEquals(before + 44, arrived, "sealed at once");
      return null;
    });
    assertEquals("", problem, () -> "seed " + seed);
    assertFalse(laneThreadIsLeft());
  }

  private Side join(Side a, Side b) {
    a.other = b;
    b.other = a;
    return b;
  }

  private void sendMore(Side a) {
    if (sent >= PACKETS) {
      return;
    }
    for (int i = random.nextInt(12); i >= 0; i--) {
      a.send(random.nextBoolean() ? 1 + random.nextInt(44) : 1);
    }
    loop.eventLoop().execute(() -> sendMore(a));
  }

  private static boolean laneThreadIsLeft() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(t -> t.getName().equals("weft-seal") || t.getName().equals("weft-open"));
  }

  private record From() implements PathId {
    @Override
    public Bytes source() {
      return Bytes.of((byte) 1);
    }

    @Override
    public Bytes host() {
      return Bytes.of((byte) 1);
    }
  }

  private final class Side implements WireGuard.Output, PeerSource, BatchCipher.Output {
    private final PeerId peer = new PeerId(0);
    private final NodePrivateKey key = NodePrivateKey.generate(random::nextBytes);
    private final Ip address;
    private final WireGuard core;
    private final BatchCipher cipher;
    private Side other = this;

    Side(int number, boolean beside) {
      address = Ip.v4(0x6440_0000 + number);
      core = new WireGuard(new WireGuard.Config(key, MTU, Aeads.best()), this, random::nextBytes);
      core.setWallClock(0, Instant.ofEpochSecond(1_800_000_000L));
      cipher = new BatchCipher(loop, this, beside);
    }

    void sendOne() {
      send(1);
    }

    /// Numbered packets; the last of a batch is often a shorter one.
    void send(int count) {
      byte[] batch = new byte[count * MTU];
      int length = 0;
      for (int i = 0; i < count; i++) {
        int size = i == count - 1 && random.nextBoolean() ? 24 + random.nextInt(1000) : MTU;
        writePacket(batch, i * MTU, count == 1 ? size : i < count - 1 ? MTU : size);
        length = i * MTU + size;
      }
      int segment = count == 1 ? length : MTU;
      core.handlePackets(0, peer, Segments.of(batch, 0, length, segment), this);
    }

    private void writePacket(byte[] array, int at, int size) {
      array[at] = 0x45;
      array[at + 2] = (byte) (size >>> 8);
      array[at + 3] = (byte) size;
      array[at + 8] = 64;
      array[at + 9] = (byte) 253; // RFC 3692: for experiments
      System.arraycopy(address.toBytes(), 0, array, at + 12, 4);
      System.arraycopy(other.address.toBytes(), 0, array, at + 16, 4);
      int number = sent++;
      for (int i = 0; i < 4; i++) {
        array[at + 20 + i] = (byte) (number >>> 24 - 8 * i);
      }
    }

    @Override
    public void deliver(PeerId from, Segments packets) {
      for (int i = 0; i < packets.count(); i++) {
        int at = packets.offset(i) + 20;
        int number = 0;
        for (int k = 0; k < 4; k++) {
          number = number << 8 | packets.array()[at + k] & 0xff;
        }
        if (number != arrived && problem.isEmpty()) {
          problem = "packet " + number + " came as number " + arrived;
        }
        arrived++;
      }
      if (arrived >= PACKETS) {
        done.countDown();
      }
    }

    @Override
    public void seal(SessionKey sessionKey, long firstCounter, Segments plain) {
      cipher.seal(sessionKey, firstCounter, plain, PATH);
    }

    @Override
    public void sealed(Path.Udp to, SendBuffer buffer, Datagrams datagrams) {
      other.core.handleDatagrams(0, new From(), datagrams, other);
      buffer.release();
    }

    @Override
    public void open(SessionKey sessionKey, Datagrams sealed, PathId from) {
      cipher.open(sessionKey, sealed, from);
    }

    @Override
    public void opened(PathId from, SessionKey sessionKey, OpenedBatch opened) {
      core.handleOpened(0, from, sessionKey, opened, this);
    }

    @Override
    public void transmit(PeerId to, Segments datagram) {
      other.core.handleDatagrams(0, new From(), datagram, other);
    }

    @Override
    public void reply(PathId to, Segments datagram) {}

    @Override
    public void heard(PeerId from, PathId path) {}

    @Override
    public void event(SessionEvent event) {}

    @Override
    public @Nullable KnownPeer byKey(NodeKey of) {
      return of.equals(other.key.publicKey()) ? byId(peer) : null;
    }

    @Override
    public KnownPeer byId(PeerId id) {
      return new KnownPeer(
          peer,
          other.key.publicKey(),
          PrefixSet.copyOf(java.util.List.of(IpPrefix.single(other.address))));
    }

    @Override
    public boolean isExpected(PathId from) {
      return true;
    }

    @Override
    public int priorityMessage(PeerId to, byte[] into) {
      return 0;
    }
  }
}
