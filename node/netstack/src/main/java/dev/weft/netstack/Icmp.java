package dev.weft.netstack;

import dev.weft.packet.IcmpView;
import dev.weft.packet.IpProtocol;
import dev.weft.packet.IpView;
import dev.weft.packet.PacketCheck;
import dev.weft.packet.Packets;
import dev.weft.packet.TcpView;

/// ICMP of both families: answers echoes to own addresses, and hands errors about our TCP segments
/// on.
final class Icmp {
  private final Addresses addresses;
  private final Drops drops;
  private final Fragmenter fragmenter;
  private final Tcp tcp;
  private final IcmpView view = new IcmpView();
  private final IpView quoted = new IpView();
  private final TcpView segment = new TcpView();

  Icmp(Addresses addresses, Drops drops, Fragmenter fragmenter, Tcp tcp) {
    this.addresses = addresses;
    this.drops = drops;
    this.fragmenter = fragmenter;
    this.tcp = tcp;
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

  /// The quoted packet must be a TCP segment of ours; whether it is on the way is for TCP to check
  /// (RFC 5927 §4).
  private void report(byte[] array, boolean v4) {
    boolean useful =
        quoted.wrapQuoted(array, view.bodyOffset(), view.bodyLength()) == PacketCheck.VALID
            && quoted.isV4() == v4
            && quoted.protocol() == IpProtocol.TCP
            && !quoted.isLaterFragment()
            && segment.wrapQuoted(array, quoted.transportOffset(), quoted.transportLength())
                == PacketCheck.VALID;
    if (!useful) {
      drops.count(Drop.USELESS);
    } else if (view.isTooBig()) {
      tcp.pathIsNarrower(quoted, segment, view.nextHopMtu());
    } else if (view.type() == (v4 ? IcmpView.V4_UNREACHABLE : IcmpView.V6_UNREACHABLE)) {
      tcp.unreachable(quoted, segment);
    }
  }
}
