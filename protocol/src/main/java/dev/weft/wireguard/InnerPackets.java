package dev.weft.wireguard;

import dev.weft.base.Counters;
import dev.weft.base.Segments;
import dev.weft.packet.IpView;
import dev.weft.packet.PacketCheck;
import dev.weft.wireguard.WireGuard.Output;

/// Checks the packets inside transport messages and hands them on in batches of equal size
/// (`docs/protocol/dataplane.md` §1.6).
///
/// They stay where they were opened. Full packets have no padding and lie back to back already; a
/// padded one, and those behind one that was dropped, are moved down, so that a batch from one flow
/// stays one batch.
final class InnerPackets {
  private static final long MAPPED = 0xffff;

  private final IpView ip = new IpView();
  private final Counters<Drop> drops;
  private int start;
  private int length;
  private int segmentSize;

  InnerPackets(Counters<Drop> drops) {
    this.drops = drops;
  }

  /// Takes one packet of `batch` that is more than a keepalive. Packets are taken in their order,
  /// and [#flush] follows before another batch.
  void add(Peer peer, OpenedBatch batch, int index, Output out) {
    int at = batch.offset(index);
    if (ip.wrap(batch.array(), at, batch.length(index)) != PacketCheck.VALID) {
      drops.add(Drop.BAD_INNER_PACKET);
      return;
    }
    if (!isSourceAllowed(peer)) {
      drops.add(Drop.BAD_INNER_SOURCE);
      return;
    }
    append(peer, batch, at, ip.totalLength(), out);
  }

  /// Delivers what was collected.
  void flush(Peer peer, OpenedBatch batch, Output out) {
    if (length == 0) {
      return;
    }
    Segments packets = Segments.of(batch.array(), start, length, segmentSize);
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

  private void append(Peer peer, OpenedBatch batch, int at, int packetLength, Output out) {
    boolean closed = length % Math.max(segmentSize, 1) != 0; // a shorter one came last
    if (length != 0 && (closed || packetLength > segmentSize)) {
      flush(peer, batch, out);
    }
    if (length == 0) {
      start = at;
      segmentSize = packetLength;
    } else if (at != start + length) {
      System.arraycopy(batch.array(), at, batch.array(), start + length, packetLength);
    }
    length += packetLength;
  }
}
