package dev.weft.wireguard;

import static dev.weft.wireguard.Messages.COUNTER;
import static dev.weft.wireguard.Messages.TRANSPORT_HEADER;
import static dev.weft.wireguard.Messages.TRANSPORT_OVERHEAD;

import dev.weft.base.Datagrams;
import dev.weft.base.Segments;
import dev.weft.crypto.Aead;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// One direction of a session, and the cipher work of its batches. It knows no state of the
/// session: counters are given, and what opens is judged by [WireGuard#handleOpened].
///
/// An instance belongs to one thread at a time, and batches are worked on in the order they came.
public final class SessionKey {
  /// Bytes that sealing adds to a padded packet.
  public static final int OVERHEAD = TRANSPORT_OVERHEAD;

  private static final int PADDING = 16;

  private final Keypair keypair;
  private final int receiverIndex;
  private final int mtu;
  private final Aead aead;
  private byte[] scratch = {}; // packets are padded here

  SessionKey(Keypair keypair, int receiverIndex, int mtu, Aead aead) {
    this.keypair = keypair;
    this.receiverIndex = receiverIndex;
    this.mtu = mtu;
    this.aead = aead;
  }

  /// Whose session it is.
  public PeerId peer() {
    return keypair.peer().id();
  }

  /// Bytes that a batch has when it is sealed.
  public int sealedLength(Segments plain) {
    int last = Math.max(plain.count() - 1, 0);
    return last * sealedLength(plain.segmentSize()) + sealedLength(plain.length(last));
  }

  /// Seals each packet into a transport message, padded (`docs/protocol/dataplane.md` §1.2). An
  /// empty batch is a keepalive: one message with nothing inside.
  ///
  /// @param firstCounter the counter of the first packet; the others follow
  /// @param plain not in `out`
  /// @param out room for [#sealedLength(Segments)] bytes; outside the heap, a socket can take them
  /// @return the messages, from the start of `out`
  public Datagrams seal(long firstCounter, Segments plain, MemorySegment out) {
    int size = sealedLength(plain.length() == 0 ? 0 : plain.segmentSize());
    int end = 0;
    for (int i = 0; i < Math.max(plain.count(), 1); i++) {
      int at = i * size;
      end = at + sealOne(firstCounter + i, plain, i, out, at);
    }
    return Datagrams.of(out, 0, end, size);
  }

  /// The same into an array.
  public Segments seal(long firstCounter, Segments plain, byte[] out) {
    Datagrams sealed = seal(firstCounter, plain, MemorySegment.ofArray(out));
    return Segments.of(out, 0, sealed.length(), sealed.segmentSize());
  }

  /// Opens each transport message of a batch.
  ///
  /// @param sealed at most [OpenedBatch#MAX_COUNT] messages, none shorter than [#OVERHEAD]
  /// @param into what it held before is lost
  public void open(Datagrams sealed, OpenedBatch into) {
    into.begin(sealed);
    MemorySegment from = sealed.memory();
    for (int i = 0; i < sealed.count(); i++) {
      int at = sealed.offset(i);
      long counter = sealed.longAt(at + COUNTER);
      int length = sealed.length(i) - TRANSPORT_HEADER;
      boolean authentic =
          aead.open(counter, from, at + TRANSPORT_HEADER, length, into.array(), into.offset(i));
      into.opened(i, counter, authentic ? length - Aead.TAG_BYTES : OpenedBatch.NOT_AUTHENTIC);
    }
  }

  /// The length of the message around a packet of `length` bytes.
  int sealedLength(int length) {
    return paddedLength(length, mtu) + OVERHEAD;
  }

  Keypair keypair() {
    return keypair;
  }

  /// A multiple of 16, but not above the MTU. What is longer than the MTU was let through by the
  /// interface, and is padded as if it were a sequence of full packets.
  static int paddedLength(int length, int mtu) {
    int last = length > mtu ? length % mtu : length;
    int padded = Math.min((last + PADDING - 1) & -PADDING, mtu);
    return length - last + padded;
  }

  private int sealOne(long counter, Segments plain, int index, MemorySegment out, long at) {
    int length = plain.length(index);
    int padded = paddedLength(length, mtu);
    long body = at + TRANSPORT_HEADER;
    Messages.putTransportHeader(out, at, receiverIndex, counter);
    if (padded == length) {
      aead.seal(counter, plain.array(), plain.offset(index), length, out, body);
    } else {
      byte[] copy = padding(padded);
      System.arraycopy(plain.array(), plain.offset(index), copy, 0, length);
      Arrays.fill(copy, length, padded, (byte) 0);
      aead.seal(counter, copy, 0, padded, out, body);
    }
    return padded + OVERHEAD;
  }

  private byte[] padding(int room) {
    if (scratch.length < room) {
      scratch = new byte[Math.max(room, mtu)];
    }
    return scratch;
  }

  @Override
  public String toString() {
    return "session key of peer " + peer().value();
  }
}
