package dev.weft.netstack;

import dev.weft.base.Endpoint;
import dev.weft.packet.IcmpView;
import dev.weft.packet.IpProtocol;
import dev.weft.packet.IpView;
import dev.weft.packet.IpWriter;
import dev.weft.packet.UdpView;

/// Tells senders of datagrams that nobody takes them (RFC 1122 §3.2.2.1, RFC 4443 §3.1).
final class PortUnreachable {
  /// RFC 4443 §2.4 (f): a token bucket, so that a flood is not answered by one.
  private static final long INTERVAL = 10_000_000L;

  private static final int BURST = 50;

  private static final int V4_CODE_PORT = 3;
  private static final int V6_CODE_PORT = 4;

  /// RFC 1812 §4.3.2.3: an error over IPv4 has no more than 576 bytes; over IPv6, no more than the
  /// smallest MTU.
  private static final int V4_LONGEST = 576;

  private static final int V6_LONGEST = 1280;

  private final Addresses addresses;
  private final Drops drops;
  private final Fragmenter fragmenter;
  private int tokens = BURST;
  private long filledAt;

  PortUnreachable(Addresses addresses, Drops drops, Fragmenter fragmenter) {
    this.addresses = addresses;
    this.drops = drops;
    this.fragmenter = fragmenter;
  }

  /// Answers a datagram whose headers are checked. Its source is one that can be answered.
  void answer(IpView ip, long now) {
    Route route =
        addresses.route(ip.destinationHigh(), ip.destinationLow(), ip.sourceHigh(), ip.sourceLow());
    int header = route.writer().headerLength();
    int longest = ip.isV4() ? V4_LONGEST : V6_LONGEST;
    int start = ip.offset();
    int whole = ip.transportOffset() - start + ip.transportLength();
    int quoted = Math.min(whole, longest - header - IcmpView.HEADER);
    if (mayAnswer(now)) {
      byte[] packet = new byte[header + IcmpView.HEADER + quoted];
      System.arraycopy(ip.array(), start, packet, header + IcmpView.HEADER, quoted);
      send(route, packet, quoted);
    }
  }

  /// Answers a datagram that is gone: with its headers, made anew.
  ///
  /// @param local where it was sent to
  void answer(Endpoint local, Endpoint remote, long now) {
    if (!mayAnswer(now)) {
      return;
    }
    Route route = addresses.route(local.ip(), remote.ip());
    IpWriter there =
        new IpWriter(route.remoteHigh(), route.remoteLow(), route.localHigh(), route.localLow());
    int header = route.writer().headerLength();
    int quoted = header + UdpView.HEADER;
    byte[] packet = new byte[header + IcmpView.HEADER + quoted];
    int at = header + IcmpView.HEADER;
    there.writeHeader(packet, at, IpProtocol.UDP, UdpView.HEADER);
    there.writeUdp(packet, at + header, remote.port(), local.port(), 0);
    send(route, packet, quoted);
  }

  private boolean mayAnswer(long now) {
    long earned = Math.min((now - filledAt) / INTERVAL, BURST);
    if (earned > 0) {
      tokens = (int) Math.min(tokens + earned, BURST);
      filledAt = now;
    }
    if (tokens == 0) {
      drops.count(Drop.NO_SOCKET);
      return false;
    }
    tokens--;
    return true;
  }

  private void send(Route route, byte[] packet, int quoted) {
    boolean v4 = route.writer().isV4();
    int header = route.writer().headerLength();
    int type = v4 ? IcmpView.V4_UNREACHABLE : IcmpView.V6_UNREACHABLE;
    int code = v4 ? V4_CODE_PORT : V6_CODE_PORT;
    route.writer().writeIcmp(packet, header, type, code, 0, quoted);
    fragmenter.send(route, v4 ? IpProtocol.ICMP_V4 : IpProtocol.ICMP_V6, packet);
  }
}
