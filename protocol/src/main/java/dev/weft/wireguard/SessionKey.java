package dev.weft.wireguard;

import static dev.weft.wireguard.Messages.COUNTER;
import static dev.weft.wireguard.Messages.RECEIVER;
import static dev.weft.wireguard.Messages.TRANSPORT;
import static dev.weft.wireguard.Messages.TRANSPORT_HEADER;
import static dev.weft.wireguard.Messages.TRANSPORT_OVERHEAD;
import static dev.weft.wireguard.Messages.TYPE;

import dev.weft.base.Segments;
import dev.weft.crypto.Aead;
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

  /// Seals each packet into a transport message, padded (`docs/protocol/dataplane.md` §1.2). An
  /// empty batch is a keepalive: one message with nothing inside.
  ///
  /// @param firstCounter the counter of the first packet; the others follow
  /// @param plain not in `out`
  /// @param out room for the batch with [#OVERHEAD] and up to 15 bytes of padding per packet
  /// @return the messages, from the start of `out`
  public Segments seal(long firstCounter, Segments plain, byte[] out) {
    if (plain.length() == 0) {
      return Segments.single(out, 0, sealOne(firstCounter, plain.array(), 0, 0, out, 0));
    }
    int sealedSize = sealedLength(plain.segmentSize());
    int at = 0;
    int end = 0;
    for (int i = 0; i < plain.count(); i++) {
      end =
          at + sealOne(firstCounter + i, plain.array(), plain.offset(i), plain.length(i), out, at);
      at += sealedSize;
    }
    return Segments.of(out, 0, end, sealedSize);
  }

  /// Opens each transport message in place, behind its header. One that is not authentic loses its
  /// type, so that the batch keeps its shape.
  public void open(Segments sealed) {
    byte[] array = sealed.array();
    for (int i = 0; i < sealed.count(); i++) {
      int at = sealed.offset(i);
      int body = at + TRANSPORT_HEADER;
      long counter = Messages.getLong(array, at + COUNTER);
      if (!aead.open(counter, array, body, sealed.length(i) - TRANSPORT_HEADER, array, body)) {
        Messages.putInt(array, at + TYPE, 0);
      }
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

  private int sealOne(long counter, byte[] in, int offset, int length, byte[] out, int at) {
    int padded = paddedLength(length, mtu);
    int body = at + TRANSPORT_HEADER;
    Messages.putInt(out, at + TYPE, TRANSPORT);
    Messages.putInt(out, at + RECEIVER, receiverIndex);
    Messages.putLong(out, at + COUNTER, counter);
    if (padded == length) {
      aead.seal(counter, in, offset, length, out, body);
    } else {
      System.arraycopy(in, offset, out, body, length);
      Arrays.fill(out, body + length, body + padded, (byte) 0);
      aead.seal(counter, out, body, padded, out, body);
    }
    return padded + OVERHEAD;
  }

  @Override
  public String toString() {
    return "session key of peer " + peer().value();
  }
}
