package dev.weft.engine.filter;

import dev.weft.base.PrefixSet;
import dev.weft.packet.IcmpView;
import dev.weft.packet.IpProtocol;
import dev.weft.packet.IpView;
import dev.weft.packet.PacketCheck;
import dev.weft.packet.TcpView;
import dev.weft.packet.Tsmp;
import dev.weft.packet.UdpView;
import java.util.List;

/// Decides about each packet from and to a peer.
///
/// Owns the flows that the node opened. Call [#in] for each packet that WireGuard delivered, [#out]
/// for each that goes to a peer, and [#with] when the network map or the settings change. Belongs
/// to one thread; allocates nothing but for UDP.
public final class PacketFilter {
  /// The cloud's metadata service, the one link-local destination that subnet routers forward to.
  private static final long METADATA_SERVICE = 0xffff_a9fe_a9feL;

  private static final int SCTP_HEADER = 12;

  private final Flows flows;
  private final List<Match> matches;
  private final List<String> faults;
  private final PrefixSet localNets;
  private final boolean shieldsUp;
  private final FilterConfig.SourceCapabilities capabilities;

  // Views over the packet at hand; they keep nothing between calls.
  private final IpView ip = new IpView();
  private final TcpView tcp = new TcpView();
  private final UdpView udp = new UdpView();
  private final IcmpView icmp = new IcmpView();

  private PacketFilter(FilterConfig config, Flows flows) {
    RuleCompiler compiler = new RuleCompiler(config.shieldsUp() ? List.of() : config.rules());
    this.flows = flows;
    this.matches = compiler.matches();
    this.faults = compiler.faults();
    this.localNets = PrefixSet.copyOf(config.localNets());
    this.shieldsUp = config.shieldsUp();
    this.capabilities = config.capabilities();
  }

  /// Admits nothing: what a node is without a network map.
  public static PacketFilter denyAll() {
    return new PacketFilter(
        new FilterConfig(List.of(), List.of(), false, FilterConfig.SourceCapabilities.NONE),
        new Flows());
  }

  /// The same filter with other rules: flows that are open stay open.
  public PacketFilter with(FilterConfig config) {
    return new PacketFilter(config, flows);
  }

  /// What was not understood in the rules, a sentence each.
  public List<String> faults() {
    return faults;
  }

  /// Why a SYN was rejected, for the peer.
  public Tsmp.Reason rejectReason() {
    return shieldsUp ? Tsmp.Reason.SHIELDS_UP : Tsmp.Reason.ACL;
  }

  /// A packet from a peer.
  public Verdict in(byte[] array, int offset, int length) {
    Verdict common = checkCommon(array, offset, length);
    if (common != Verdict.ACCEPT) {
      return common;
    }
    if (!localNets.contains(ip.destinationHigh(), ip.destinationLow())) {
      return Verdict.DROP_NOT_LOCAL;
    }
    if (ip.isLaterFragment()) {
      return Verdict.ACCEPT; // nobody reassembles it without the first, which was judged
    }
    int at = ip.transportOffset();
    int available = ip.transportLength();
    return switch (ip.protocol()) {
      case IpProtocol.ICMP_V4, IpProtocol.ICMP_V6 -> icmpIn(array, at, available);
      case IpProtocol.TCP -> tcpIn(array, at, available);
      case IpProtocol.UDP, IpProtocol.SCTP ->
          hasPorts(array, at, available)
              ? datagramIn(port(array, at), port(array, at + 2))
              : Verdict.DROP_MALFORMED;
      case IpProtocol.TSMP -> Verdict.ACCEPT;
      default -> wholeProtocolIn();
    };
  }

  /// A packet to a peer. A UDP or SCTP packet opens the way for its answers.
  public Verdict out(byte[] array, int offset, int length) {
    Verdict common = checkCommon(array, offset, length);
    if (common != Verdict.ACCEPT || ip.isLaterFragment()) {
      return common;
    }
    int at = ip.transportOffset();
    int available = ip.transportLength();
    boolean isDatagram = ip.protocol() == IpProtocol.UDP || ip.protocol() == IpProtocol.SCTP;
    if (isDatagram && hasPorts(array, at, available)) {
      opened(port(array, at), port(array, at + 2));
    }
    return Verdict.ACCEPT;
  }

  /// What holds in both directions.
  private Verdict checkCommon(byte[] array, int offset, int length) {
    if (ip.wrap(array, offset, length) != PacketCheck.VALID) {
      return Verdict.DROP_MALFORMED;
    }
    if (ip.protocol() == IpProtocol.HOP_BY_HOP) {
      return Verdict.DROP_UNKNOWN_PROTOCOL; // extension headers hide the real one
    }
    long high = ip.destinationHigh();
    long low = ip.destinationLow();
    boolean v4 = ip.isV4();
    if (v4 ? (low >>> 28 & 0xf) == 0xe : high >>> 56 == 0xff) {
      return Verdict.DROP_MULTICAST;
    }
    boolean linkLocal = v4 ? (low >>> 16 & 0xffff) == 0xa9fe : high >>> 54 == 0xfe80 >> 6;
    return linkLocal && !(v4 && low == METADATA_SERVICE) ? Verdict.DROP_LINK_LOCAL : Verdict.ACCEPT;
  }

  /// Any rule for both addresses admits ICMP, whatever its ports: a person who may reach a port may
  /// ping.
  private Verdict icmpIn(byte[] array, int at, int available) {
    if (icmp.wrap(array, at, available, ip.isV4()) != PacketCheck.VALID) {
      return Verdict.DROP_MALFORMED;
    }
    if (icmp.isEchoReply() || icmp.isError()) {
      return Verdict.ACCEPT;
    }
    for (int i = 0; i < matches.size(); i++) {
      Match match = matches.get(i);
      if (match.hasProtocol(ip.protocol())
          && hasSource(match)
          && match.hasDestination(ip.destinationHigh(), ip.destinationLow())) {
        return Verdict.ACCEPT;
      }
    }
    return Verdict.DROP_NO_RULE;
  }

  /// Only what would open a connection needs a rule.
  private Verdict tcpIn(byte[] array, int at, int available) {
    if (tcp.wrap(array, at, available) != PacketCheck.VALID) {
      return Verdict.DROP_MALFORMED;
    }
    if (!tcp.has(TcpView.SYN) || tcp.has(TcpView.ACK)) {
      return Verdict.ACCEPT;
    }
    if (isAdmitted(tcp.destinationPort())) {
      return Verdict.ACCEPT;
    }
    return ip.isV4() ? Verdict.REJECT_SYN : Verdict.DROP_NO_RULE;
  }

  private Verdict datagramIn(int sourcePort, int destinationPort) {
    Flows.Flow flow =
        new Flows.Flow(
            ip.protocol(),
            ip.destinationHigh(),
            ip.destinationLow(),
            destinationPort,
            ip.sourceHigh(),
            ip.sourceLow(),
            sourcePort);
    return flows.isOpen(flow) || isAdmitted(destinationPort)
        ? Verdict.ACCEPT
        : Verdict.DROP_NO_RULE;
  }

  /// A protocol without ports that we know of needs a rule that names it and opens all ports.
  private Verdict wholeProtocolIn() {
    for (int i = 0; i < matches.size(); i++) {
      Match match = matches.get(i);
      if (match.hasProtocol(ip.protocol())
          && hasSource(match)
          && match.hasWholeDestination(ip.destinationHigh(), ip.destinationLow())) {
        return Verdict.ACCEPT;
      }
    }
    return Verdict.DROP_NO_RULE;
  }

  private boolean isAdmitted(int destinationPort) {
    for (int i = 0; i < matches.size(); i++) {
      Match match = matches.get(i);
      if (match.hasProtocol(ip.protocol())
          && hasSource(match)
          && match.hasDestination(ip.destinationHigh(), ip.destinationLow(), destinationPort)) {
        return true;
      }
    }
    return false;
  }

  private boolean hasSource(Match match) {
    return match.hasSource(ip.sourceHigh(), ip.sourceLow(), capabilities);
  }

  private void opened(int localPort, int remotePort) {
    flows.opened(
        new Flows.Flow(
            ip.protocol(),
            ip.sourceHigh(),
            ip.sourceLow(),
            localPort,
            ip.destinationHigh(),
            ip.destinationLow(),
            remotePort));
  }

  /// Whether a UDP or SCTP header is there; both begin with the ports. A first fragment holds less
  /// than the length in its UDP header, so that is checked for a whole packet only.
  private boolean hasPorts(byte[] array, int at, int available) {
    if (ip.protocol() == IpProtocol.SCTP) {
      return available >= SCTP_HEADER;
    }
    return ip.isFragment()
        ? available >= UdpView.HEADER
        : udp.wrap(array, at, available) == PacketCheck.VALID;
  }

  private static int port(byte[] array, int at) {
    return (array[at] & 0xff) << 8 | array[at + 1] & 0xff;
  }
}
