package dev.weft.netstack;

/// Sends whole packets, those longer than the MTU in pieces (RFC 791 §3.2, RFC 8200 §4.5).
final class Fragmenter {
  private final PacketBatch batch;
  private final int mtu;
  private int nextId;

  Fragmenter(PacketBatch batch, int mtu) {
    this.batch = batch;
    this.mtu = mtu;
  }

  /// @param packet room for an IP header, then what the transport protocol has made
  void send(Route route, int protocol, byte[] packet) {
    int header = route.writer().headerLength();
    int length = packet.length - header;
    if (packet.length <= mtu) {
      int at = batch.reserve(route, packet.length);
      route.writer().writeHeader(batch.buffer(), at, protocol, length);
      System.arraycopy(packet, header, batch.buffer(), at + header, length);
      return;
    }
    int id = route.writer().isV4() ? ++nextId & 0xffff : ++nextId;
    int extension = route.writer().isV4() ? 0 : 8;
    int piece = (mtu - header - extension) / 8 * 8; // All but the last are multiples of eight.
    for (int from = 0; from < length; from += piece) {
      int size = Math.min(piece, length - from);
      boolean more = from + size < length;
      int at = batch.reserve(route, header + extension + size);
      int body =
          route.writer().writeFragmentHeader(batch.buffer(), at, protocol, size, id, from, more);
      System.arraycopy(packet, header + from, batch.buffer(), at + body, size);
    }
  }
}
