package dev.weft.packet;

import dev.weft.base.Ip;

/// Whole packets for what a node says on its own behalf. Each call makes a new array; the path of
/// user data does not come through here.
public final class Packets {
  private Packets() {}

  public static byte[] udp(Ip source, int sourcePort, Ip dest, int destPort, byte[] payload) {
    IpWriter ip = writer(source, dest);
    int header = ip.headerLength();
    byte[] a = new byte[header + UdpView.HEADER + payload.length];
    System.arraycopy(payload, 0, a, header + UdpView.HEADER, payload.length);
    ip.writeHeader(a, 0, IpProtocol.UDP, a.length - header);
    ip.writeUdp(a, header, sourcePort, destPort, payload.length);
    return a;
  }

  public static byte[] tsmp(Ip source, Ip dest, Tsmp message) {
    IpWriter ip = writer(source, dest);
    byte[] body = message.encode();
    byte[] a = new byte[ip.headerLength() + body.length];
    System.arraycopy(body, 0, a, ip.headerLength(), body.length);
    ip.writeHeader(a, 0, IpProtocol.TSMP, body.length);
    return a;
  }

  public static byte[] echoRequest(Ip source, Ip dest, int id, int sequence, byte[] data) {
    IpWriter ip = writer(source, dest);
    int type = ip.isV4() ? IcmpView.V4_ECHO_REQUEST : IcmpView.V6_ECHO_REQUEST;
    return echo(ip, type, id << 16 | sequence & 0xffff, data, 0, data.length);
  }

  /// The answer to an intact echo request; the views are over it.
  public static byte[] echoReply(IpView request, IcmpView echo) {
    IpWriter ip = IpWriter.reply(request);
    int type = ip.isV4() ? IcmpView.V4_ECHO_REPLY : IcmpView.V6_ECHO_REPLY;
    int rest = echo.echoId() << 16 | echo.echoSequence();
    return echo(ip, type, rest, request.array(), echo.bodyOffset(), echo.bodyLength());
  }

  private static byte[] echo(IpWriter ip, int type, int rest, byte[] data, int from, int length) {
    int header = ip.headerLength();
    byte[] a = new byte[header + IcmpView.HEADER + length];
    System.arraycopy(data, from, a, header + IcmpView.HEADER, length);
    int protocol = ip.isV4() ? IpProtocol.ICMP_V4 : IpProtocol.ICMP_V6;
    ip.writeHeader(a, 0, protocol, a.length - header);
    ip.writeIcmp(a, header, type, 0, rest, length);
    return a;
  }

  /// A segment without options: for tests and for refusing on behalf of somebody else.
  public static byte[] tcp(
      Ip source, int sourcePort, Ip dest, int destPort, int flags, int sequence, int ack) {
    IpWriter ip = writer(source, dest);
    byte[] a = new byte[ip.headerLength() + TcpView.HEADER];
    writeTcp(ip, a, sourcePort, destPort, flags, sequence, ack);
    return a;
  }

  /// The reset that answers a segment for which there is no connection (RFC 9293 §3.10.7.1), or an
  /// empty array for a reset.
  public static byte[] resetFor(IpView ip, TcpView segment) {
    if (segment.has(TcpView.RST)) {
      return new byte[0];
    }
    IpWriter reply = IpWriter.reply(ip);
    byte[] a = new byte[reply.headerLength() + TcpView.HEADER];
    boolean acked = segment.has(TcpView.ACK);
    writeTcp(
        reply,
        a,
        segment.destinationPort(),
        segment.sourcePort(),
        acked ? TcpView.RST : TcpView.RST | TcpView.ACK,
        acked ? segment.acknowledgment() : 0,
        acked ? 0 : segment.sequence() + segment.sequenceLength());
    return a;
  }

  private static void writeTcp(
      IpWriter ip, byte[] a, int sourcePort, int destPort, int flags, int sequence, int ack) {
    int header = ip.writeHeader(a, 0, IpProtocol.TCP, TcpView.HEADER);
    TcpWriter tcp = new TcpWriter();
    tcp.start(a, header, sourcePort, destPort);
    tcp.numbers(sequence, ack);
    tcp.endOptions(flags, 0);
    tcp.finish(ip, 0);
  }

  private static IpWriter writer(Ip source, Ip dest) {
    return new IpWriter(high(source), low(source), high(dest), low(dest));
  }

  private static long high(Ip ip) {
    return ip.isV4() ? 0 : ip.high();
  }

  private static long low(Ip ip) {
    return ip.isV4() ? 0xffff_0000_0000L | ip.v4Bits() & 0xffffffffL : ip.low();
  }
}
