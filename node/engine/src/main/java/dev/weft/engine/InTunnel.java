package dev.weft.engine;

import dev.weft.base.Bytes;
import dev.weft.base.Counters;
import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.NodeKey;
import dev.weft.packet.IcmpView;
import dev.weft.packet.IpProtocol;
import dev.weft.packet.IpView;
import dev.weft.packet.PacketCheck;
import dev.weft.packet.Packets;
import dev.weft.packet.TcpView;
import dev.weft.packet.Tsmp;

/// What engines say to each other inside the tunnel: TSMP (`docs/protocol/dataplane.md` §1.8), and
/// the echo replies to pings of ours.
final class InTunnel {
  /// What becomes of a packet of a peer that the filter admitted.
  sealed interface Outcome {
    Outcome FOR_STACK = new ForStack();
    Outcome DROPPED = new Dropped();

    record ForStack() implements Outcome {}

    record Dropped() implements Outcome {}

    @SuppressWarnings("ArrayRecordComponent") // a packet on its way out, looked at by nobody
    record Reply(byte[] packet) implements Outcome {}

    record Tell(EngineEvent event) implements Outcome {}

    record NewDiscoKey(DiscoKey key) implements Outcome {}
  }

  private final Entropy entropy;
  private final Counters<EngineDrop> drops;
  private final InnerPings pings = new InnerPings();
  private final IpView ip = new IpView();
  private final IcmpView icmp = new IcmpView();

  InTunnel(Entropy entropy, Counters<EngineDrop> drops) {
    this.entropy = entropy;
    this.drops = drops;
  }

  Outcome handle(long now, NodeKey peer, byte[] array, int offset, int length) {
    if (ip.wrap(array, offset, length) != PacketCheck.VALID || ip.isFragment()) {
      return Outcome.FOR_STACK;
    }
    return switch (ip.protocol()) {
      case IpProtocol.TSMP -> handleTsmp(now, peer);
      case IpProtocol.ICMP_V4, IpProtocol.ICMP_V6 -> handleIcmp(now, peer);
      default -> Outcome.FOR_STACK;
    };
  }

  byte[] tsmpPing(long now, NodeKey peer, long request, Ip source, Ip target) {
    return Packets.tsmp(source, target, new Tsmp.Ping(pings.add(now, peer, request, entropy)));
  }

  byte[] echo(long now, NodeKey peer, long request, Ip source, Ip target) {
    byte[] data = pings.add(now, peer, request, entropy).toArray();
    return Packets.echoRequest(source, target, entropy.nextInt() & 0xffff, 1, data);
  }

  static byte[] discoAdvert(Ip source, Ip target, DiscoKey key) {
    return Packets.tsmp(source, target, new Tsmp.DiscoAdvert(key.raw()));
  }

  /// Tells the sender of a SYN why it gets no answer.
  static byte[] reject(byte[] array, int offset, int length, Tsmp.Reason reason) {
    IpView ip = new IpView();
    TcpView tcp = new TcpView();
    boolean valid =
        ip.wrap(array, offset, length) == PacketCheck.VALID
            && tcp.wrap(array, ip.transportOffset(), ip.transportLength()) == PacketCheck.VALID;
    assert valid : "the filter has looked at it";
    return Packets.tsmp(
        /* source= */ ip.destination(),
        /* dest= */ ip.source(),
        new Tsmp.Reject(IpProtocol.TCP, reason, tcp.sourcePort(), tcp.destinationPort(), false));
  }

  private Outcome handleTsmp(long now, NodeKey peer) {
    Tsmp message = Tsmp.parse(ip.array(), ip.transportOffset(), ip.transportLength());
    if (message == null) {
      drops.add(EngineDrop.TSMP);
      return Outcome.DROPPED;
    }
    return switch (message) {
      case Tsmp.Ping(Bytes data) ->
          new Outcome.Reply(
              Packets.tsmp(
                  /* source= */ ip.destination(), /* dest= */ ip.source(), new Tsmp.Pong(data, 0)));
      case Tsmp.Pong(Bytes data, int peerApiPort) -> answered(now, peer, data, peerApiPort);
      case Tsmp.Reject reject ->
          new Outcome.Tell(
              new EngineEvent.ConnectionRejected(peer, ip.destination(), ip.source(), reject));
      case Tsmp.DiscoAdvert(Bytes key) ->
          key.isZero() ? Outcome.DROPPED : new Outcome.NewDiscoKey(new DiscoKey(key));
    };
  }

  private Outcome handleIcmp(long now, NodeKey peer) {
    boolean isOurs =
        icmp.wrap(ip.array(), ip.transportOffset(), ip.transportLength(), ip.isV4())
                == PacketCheck.VALID
            && icmp.isEchoReply()
            && icmp.bodyLength() == InnerPings.DATA_BYTES;
    if (!isOurs) {
      return Outcome.FOR_STACK;
    }
    Bytes data = Bytes.copyOf(ip.array(), icmp.bodyOffset(), icmp.bodyLength());
    InnerPings.Sent sent = pings.take(data, peer);
    return sent == null ? Outcome.FOR_STACK : told(now, peer, sent, 0);
  }

  private Outcome answered(long now, NodeKey peer, Bytes data, int peerApiPort) {
    InnerPings.Sent sent = pings.take(data, peer);
    if (sent == null) {
      drops.add(EngineDrop.TSMP);
      return Outcome.DROPPED;
    }
    return told(now, peer, sent, peerApiPort);
  }

  private static Outcome told(long now, NodeKey peer, InnerPings.Sent sent, int peerApiPort) {
    return new Outcome.Tell(
        new EngineEvent.PingAnswered(sent.request(), peer, null, now - sent.at(), peerApiPort));
  }
}
