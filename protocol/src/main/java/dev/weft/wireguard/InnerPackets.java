package dev.weft.wireguard;

import static dev.weft.wireguard.Messages.TRANSPORT_HEADER;

import dev.weft.base.Counters;
import dev.weft.base.Segments;
import dev.weft.packet.IpView;
import dev.weft.packet.PacketCheck;
import dev.weft.wireguard.WireGuard.Output;

/// Checks the packets inside transport messages and hands them on in batches of equal size
/// (`docs/protocol/dataplane.md` §1.6).
///
/// Packets are copied out of their messages, trimmed and back to back: a batch from one flow stays
/// one batch.
final class InnerPackets {
  private static final long MAPPED = 0xffff;

  private final IpView ip = new IpView();
  private final byte[] batch = new byte[64 << 10];
  private final Counters<Drop> drops;
  private int length;
  private int segmentSize;

  InnerPackets(Counters<Drop> drops) {
    this.drops = drops;
  }

  /// Takes one opened message that is more than a keepalive.
  void add(Peer peer, byte[] array, int message, int messageLength, Output out) {
    int at = message + TRANSPORT_HEADER;
    if (ip.wrap(array, at, messageLength - Messages.TRANSPORT_OVERHEAD) != PacketCheck.VALID) {
      drops.add(Drop.BAD_INNER_PACKET);
      return;
    }
    if (!isSourceAllowed(peer)) {
      drops.add(Drop.BAD_INNER_SOURCE);
      return;
    }
    append(peer, array, at, ip.totalLength(), out);
  }

  /// Delivers what was collected.
  void flush(Peer peer, Output out) {
    if (length == 0) {
      return;
    }
    Segments packets = Segments.of(batch, 0, length, segmentSize);
    length = 0;
    out.deliver(peer.id(), packets);
  }

  /// An IPv6 packet that claims an IPv4 address would pass for an IPv4 one of the peer.
  private boolean isSourceAllowed(Peer peer) {
    long high = ip.sourceHigh();
    long low = ip.sourceLow();
    boolean looksV4 = high == 0 && low >>> 32 == MAPPED;
    return looksV4 == ip.isV4() && peer.config().allowedIps().contains(high, low);
  }

  private void append(Peer peer, byte[] array, int at, int packetLength, Output out) {
    boolean closed = length % Math.max(segmentSize, 1) != 0; // a shorter one came last
    if (length != 0
        && (closed || packetLength > segmentSize || length + packetLength > batch.length)) {
      flush(peer, out);
    }
    if (length == 0) {
      segmentSize = packetLength;
    }
    System.arraycopy(array, at, batch, length, packetLength);
    length += packetLength;
  }
}
