package dev.weft.runtime.cipher;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.util.Objects.requireNonNull;

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
import dev.weft.netstack.Netstack;
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
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Two WireGuard cores on one loop, joined by their ciphers, with real keys. What one sends is
/// numbered, and counted when it comes out of the other. What one seals is the other's at once, or
/// goes by real sockets.
final class CipherPair {
  static final int MTU = 1280;
  static final int FULL = 44;

  private static final Ip LOOPBACK = Ip.parse("127.0.0.1");
  private static final From FROM = new From();
  static final Path.Udp PATH = new Path.Udp(Endpoint.parse("127.0.0.1:9"));

  final Side a;
  final Side b;
  final NodeLoop loop;
  private final Random random;
  int sent;
  int arrived;

  /// How many times out of so many a batch may be kept without a copy, but one; 0 for never.
  int exchanges = 2;

  /// What came out of order, if anything did.
  String problem = "";

  /// Of all packets in the order in which they were sent, and in which they came; null while nobody
  /// asks. What is in them is random then.
  @Nullable MessageDigest sentDigest;

  @Nullable MessageDigest arrivedDigest;

  /// Called on the loop when something has arrived.
  Runnable onArrival = () -> {};

  CipherPair(NodeLoop loop, Random random, boolean besideA, boolean besideB) {
    this.loop = loop;
    this.random = random;
    a = new Side(1, besideA);
    b = new Side(2, besideB);
    a.other = b;
    b.other = a;
  }

  void close() {
    a.close();
    b.close();
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

  final class Side implements WireGuard.Output, PeerSource, BatchCipher.Output {
    private final PeerId peer = new PeerId(0);
    private final NodePrivateKey key = NodePrivateKey.generate(random::nextBytes);
    private final byte[] address;
    private final WireGuard core;
    final BatchCipher cipher;
    private Side other = this;

    /// By which, and up to which counter, was sealed last.
    @Nullable SessionKey lastKey;

    long lastCounter;

    /// What the batches are sent by and come from; null for straight to the other side.
    private @Nullable UdpSockets sockets;

    /// Of what was received, how much was kept without a copy.
    int kept;

    /// Batches to open that were in one from the socket, and the most of all.
    private int runs;

    int mostRuns;

    /// Changes batches on their way to the socket.
    UnaryOperator<Datagrams> onWire = UnaryOperator.identity();

    private byte[] array = new byte[Netstack.BATCH_BYTES];

    Side(int number, boolean beside) {
      address = new byte[] {100, 64, 0, (byte) number};
      core = new WireGuard(new WireGuard.Config(key, MTU, Aeads.best()), this, random::nextBytes);
      core.setWallClock(0, Instant.ofEpochSecond(1_800_000_000L));
      cipher = new BatchCipher(loop, this::keep, this, beside);
    }

    /// From now on by sockets of loopback.
    void connect() throws IOException, InterruptedException {
      sockets = UdpSockets.bind(loop, LOOPBACK, null, 0, (_, batch) -> receive(batch));
    }

    private void receive(Datagrams batch) {
      runs = 0;
      core.handleDatagrams(0, FROM, batch, this);
      mostRuns = Math.max(mostRuns, runs);
    }

    private boolean keep(MemorySegment used, MemorySegment spare) {
      // What was sealed is the socket's, without sockets too.
      boolean isKept = sockets != null && sockets.exchange(used, spare);
      kept += isKept ? 1 : 0;
      return isKept;
    }

    private void close() {
      cipher.close();
      if (sockets != null) {
        sockets.close();
      }
    }

    private Endpoint remote() {
      return new Endpoint(LOOPBACK, requireNonNull(other.sockets).port4().orElseThrow());
    }

    /// Packets of full length.
    void sendFull() {
      sendFull(FULL);
    }

    void sendFull(int count) {
      for (int i = 0; i < count; i++) {
        writePacket(array, i * MTU, MTU);
      }
      core.handlePackets(0, peer, Segments.of(array, 0, count * MTU, MTU), this);
    }

    /// The last of a batch is often a shorter one.
    void send(int count) {
      int length = 0;
      for (int i = 0; i < count; i++) {
        int size = i == count - 1 && random.nextBoolean() ? 24 + random.nextInt(1000) : MTU;
        writePacket(array, i * MTU, size);
        length = i * MTU + size;
      }
      int segment = count == 1 ? length : MTU;
      core.handlePackets(0, peer, Segments.of(array, 0, length, segment), this);
    }

    private void writePacket(byte[] array, int at, int size) {
      Arrays.fill(array, at, at + 20, (byte) 0);
      array[at] = 0x45;
      array[at + 2] = (byte) (size >>> 8);
      array[at + 3] = (byte) size;
      array[at + 8] = 64;
      array[at + 9] = (byte) 253; // RFC 3692: for experiments
      System.arraycopy(address, 0, array, at + 12, 4);
      System.arraycopy(other.address, 0, array, at + 16, 4);
      int number = sent++;
      for (int i = 0; i < 4; i++) {
        array[at + 20 + i] = (byte) (number >>> 24 - 8 * i);
      }
      if (sentDigest != null) {
        for (int i = at + 24; i < at + size; i++) {
          array[i] = (byte) random.nextInt();
        }
        sentDigest.update(array, at, size);
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
        if (arrivedDigest != null) {
          arrivedDigest.update(packets.array(), packets.offset(i), packets.length(i));
        }
      }
      onArrival.run();
    }

    @Override
    public void seal(SessionKey sessionKey, long firstCounter, Segments plain) {
      lastKey = sessionKey;
      lastCounter = firstCounter + Math.max(plain.count(), 1) - 1;
      cipher.seal(sessionKey, firstCounter, plain, PATH);
    }

    @Override
    public void sealed(Path.Udp to, SendBuffer buffer, Datagrams datagrams) {
      if (sockets == null) {
        other.core.handleDatagrams(0, FROM, datagrams, other);
        buffer.release();
        return;
      }
      Datagrams changed = onWire.apply(datagrams);
      if (changed == datagrams) {
        sockets.send(remote(), buffer, datagrams);
        return;
      }
      buffer.release();
      byte[] bytes =
          changed.memory().asSlice(changed.offset(), changed.length()).toArray(JAVA_BYTE);
      sockets.send(remote(), Segments.of(bytes, 0, bytes.length, changed.segmentSize()));
    }

    @Override
    public void open(SessionKey sessionKey, Datagrams sealed, PathId from) {
      runs++;
      cipher.open(sessionKey, sealed, from);
    }

    @Override
    public void opened(PathId from, SessionKey sessionKey, OpenedBatch opened) {
      core.handleOpened(0, from, sessionKey, opened, this);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the array itself is meant, not what is in it
    public boolean exchange(byte[] used, byte[] spare) {
      if (used != array || exchanges == 0 || random.nextInt(exchanges) == 0) {
        return false;
      }
      array = spare;
      return true;
    }

    @Override
    public void transmit(PeerId to, Segments datagram) {
      if (sockets != null) {
        sockets.send(remote(), datagram);
      } else {
        other.core.handleDatagrams(0, FROM, datagram, other);
      }
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
          PrefixSet.copyOf(List.of(IpPrefix.single(Ip.ofBytes(other.address, 0, 4)))));
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
