package dev.weft.netstack;

import dev.weft.base.Endpoint;
import dev.weft.packet.IcmpView;
import dev.weft.packet.IpProtocol;
import dev.weft.packet.IpView;
import dev.weft.packet.PacketCheck;
import dev.weft.packet.Packets;
import dev.weft.packet.TcpView;
import dev.weft.packet.UdpView;

/// ICMP of both families: answers echoes to own addresses, and hands errors about our segments and
/// datagrams on.
final class Icmp {
  private final Addresses addresses;
  private final Drops drops;
  private final Fragmenter fragmenter;
  private final Tcp tcp;
  private final Udp udp;
  private final IcmpView view = new IcmpView();
  private final IpView quoted = new IpView();
  private final TcpView segment = new TcpView();
  private final UdpView datagram = new UdpView();

  Icmp(Addresses addresses, Drops drops, Fragmenter fragmenter, Tcp tcp, Udp udp) {
    this.addresses = addresses;
    this.drops = drops;
    this.fragmenter = fragmenter;
    this.tcp = tcp;
    this.udp = udp;
  }

  /// One ICMP packet whose IP header is checked.
  void handle(IpView ip, boolean own) {
    boolean v4 = ip.isV4();
    boolean family = v4 == (ip.protocol() == IpProtocol.ICMP_V4);
    if (!family
        || view.wrap(ip.array(), ip.transportOffset(), ip.transportLength(), v4)
            != PacketCheck.VALID) {
      drops.count(Drop.MALFORMED);
    } else if (own && view.isEchoRequest()) {
      answer(ip);
    } else if (own && view.isError()) {
      report(ip.array(), v4);
    } else {
      drops.count(Drop.USELESS);
    }
  }

  private void answer(IpView ip) {
    byte[] reply = Packets.echoReply(ip, view);
    Route route =
        addresses.route(ip.destinationHigh(), ip.destinationLow(), ip.sourceHigh(), ip.sourceLow());
    fragmenter.send(route, ip.protocol(), reply);
  }

  /// The quoted packet must be one of ours (RFC 5927 §4): from an own address, and for TCP, which
  /// checks that, on the way.
  private void report(byte[] array, boolean v4) {
    boolean ours =
        quoted.wrapQuoted(array, view.bodyOffset(), view.bodyLength()) == PacketCheck.VALID
            && quoted.isV4() == v4
            && addresses.isOwn(quoted.sourceHigh(), quoted.sourceLow())
            && !quoted.isLaterFragment();
    boolean unreachable = view.type() == (v4 ? IcmpView.V4_UNREACHABLE : IcmpView.V6_UNREACHABLE);
    if (ours && quoted.protocol() == IpProtocol.TCP && isQuotedSegment(array)) {
      if (view.isTooBig()) {
        tcp.pathIsNarrower(quoted, segment, view.nextHopMtu());
      } else if (unreachable) {
        tcp.unreachable(quoted, segment);
      }
    } else if (ours && unreachable && quoted.protocol() == IpProtocol.UDP && !view.isTooBig()) {
      reportDatagram(array);
    } else {
      drops.count(Drop.USELESS);
    }
  }

  private boolean isQuotedSegment(byte[] array) {
    return segment.wrapQuoted(array, quoted.transportOffset(), quoted.transportLength())
        == PacketCheck.VALID;
  }

  private void reportDatagram(byte[] array) {
    if (datagram.wrapQuoted(array, quoted.transportOffset(), quoted.transportLength())
        != PacketCheck.VALID) {
      drops.count(Drop.USELESS);
      return;
    }
    udp.unreachable(
        new Endpoint(quoted.source(), datagram.sourcePort()),
        new Endpoint(quoted.destination(), datagram.destinationPort()));
  }
}
