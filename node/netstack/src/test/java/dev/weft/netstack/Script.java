package dev.weft.netstack;

import dev.weft.base.Endpoint;
import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.base.Segments;
import dev.weft.packet.IpProtocol;
import dev.weft.packet.IpView;
import dev.weft.packet.IpWriter;
import dev.weft.packet.PacketCheck;
import dev.weft.packet.TcpView;
import dev.weft.packet.TcpWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// One stack against a scripted peer: the test writes each segment and sees each answer.
final class Script {
  static final Ip STACK = Ip.parse("100.64.0.2");
  static final Ip PEER = Ip.parse("100.64.0.1");
  static final int PEER_PORT = 40_000;
  static final int PORT = 80;
  static final long MILLI = 1_000_000L;

  /// A segment that the stack has sent.
  record Sent(
      int flags,
      int seq,
      int ack,
      int window,
      int length,
      int mss,
      int scale,
      boolean sackPermitted,
      int timestamp,
      int echo,
      List<Integer> sack,
      String text) {
    boolean has(int flag) {
      return (flags & flag) != 0;
    }
  }

  final Netstack stack;
  final Peer app = new Peer();
  final ArrayDeque<Sent> sent = new ArrayDeque<>();
  long now = 1_000 * MILLI;

  /// The peer's next number and what it acknowledges; a test changes them freely.
  int seq = 1000;

  int ack;
  int window = 60_000;
  int peerPort = PEER_PORT;
  Ip peer = PEER;
  boolean timestamps;
  int timestamp = 500;
  int echo;
  int iss;

  private final Netstack.Output output = this::collect;

  Script() {
    this(NetstackConfig.DEFAULT);
  }

  Script(NetstackConfig config) {
    Random random = new Random(9293);
    Entropy entropy = random::nextBytes;
    stack = new Netstack(config, entropy);
    stack.setAddresses(List.of(STACK));
  }

  /// Listens, and opens a connection from the peer.
  static Script established() {
    Script script = new Script();
    script.listen();
    script.handshake();
    return script;
  }

  void listen() {
    stack.listen(
        PORT,
        socket -> {
          app.socket = socket;
          socket.setHandler(app);
          app.onConnected();
        });
  }

  void handshake() {
    send(TcpView.SYN, "", w -> offer(w));
    Sent synAck = next();
    iss = synAck.seq();
    seq++;
    ack = iss + 1;
    echo = synAck.timestamp();
    send(TcpView.ACK, "");
    flush();
    sent.clear();
  }

  private void offer(TcpWriter writer) {
    writer.mss(1220);
    writer.sackPermitted();
    writer.windowScale(0);
  }

  interface Options {
    void write(TcpWriter writer);
  }

  void send(int flags, String text) {
    send(flags, text, w -> {});
  }

  /// Sends a segment with the peer's present numbers. They do not advance by themselves.
  void send(int flags, String text, Options options) {
    byte[] a = new byte[200 + text.length()];
    IpWriter addresses =
        new IpWriter(Route.high(peer), Route.low(peer), Route.high(STACK), Route.low(STACK));
    TcpWriter writer = new TcpWriter();
    int header = addresses.headerLength();
    writer.start(a, header, peerPort, PORT);
    writer.numbers(seq, ack);
    options.write(writer);
    if (timestamps) {
      writer.timestamps(timestamp, echo);
    }
    int body = writer.endOptions(flags, window);
    for (int i = 0; i < text.length(); i++) {
      a[body + i] = (byte) text.charAt(i);
    }
    int total = body + text.length();
    addresses.writeHeader(a, 0, IpProtocol.TCP, total - header);
    writer.finish(addresses, text.length());
    stack.handlePackets(now, Segments.single(a, 0, total), output);
    flush();
  }

  /// Sends text that is next in order.
  void text(String text) {
    send(TcpView.ACK, text);
    seq += text.length();
  }

  /// An ICMP error about a segment that the stack has sent with number `seq`.
  void icmp(int type, int code, int rest, int quotedSeq) {
    IpWriter back =
        new IpWriter(Route.high(PEER), Route.low(PEER), Route.high(STACK), Route.low(STACK));
    IpWriter there =
        new IpWriter(Route.high(STACK), Route.low(STACK), Route.high(PEER), Route.low(PEER));
    byte[] a = new byte[56];
    there.writeHeader(a, 28, IpProtocol.TCP, 1240);
    TcpWriter quoted = new TcpWriter();
    byte[] header = new byte[20];
    quoted.start(header, 0, PORT, peerPort);
    quoted.numbers(quotedSeq, 0);
    System.arraycopy(header, 0, a, 48, 8);
    back.writeHeader(a, 0, IpProtocol.ICMP_V4, 36);
    back.writeIcmp(a, 20, type, code, rest, 28);
    stack.handlePackets(now, Segments.single(a, 0, a.length), output);
    flush();
  }

  void flush() {
    stack.flush(now, output);
  }

  void advance(long time) {
    long end = now + time;
    while (stack.nextTimeout() <= end) {
      now = Math.max(now, stack.nextTimeout());
      stack.handleTimeout(now, output);
      flush();
    }
    now = end;
  }

  Sent next() {
    Sent first = sent.poll();
    if (first == null) {
      throw new AssertionError("the stack sent nothing");
    }
    return first;
  }

  private void collect(Segments packets) {
    IpView ip = new IpView();
    TcpView tcp = new TcpView();
    for (int i = 0; i < packets.count(); i++) {
      byte[] a = packets.array();
      if (ip.wrap(a, packets.offset(i), packets.length(i)) != PacketCheck.VALID
          || ip.protocol() != IpProtocol.TCP
          || !ip.checksumValid()
          || !ip.transportChecksumValid()
          || tcp.wrap(a, ip.transportOffset(), ip.transportLength()) != PacketCheck.VALID) {
        throw new AssertionError("the stack sent a packet that is none");
      }
      Integer[] edges = new Integer[2 * tcp.sackBlocks()];
      for (int b = 0; b < tcp.sackBlocks(); b++) {
        edges[2 * b] = tcp.sackLeft(b);
        edges[2 * b + 1] = tcp.sackRight(b);
      }
      int from = tcp.payloadOffset();
      byte[] text = Arrays.copyOfRange(a, from, from + tcp.payloadLength());
      sent.add(
          new Sent(
              tcp.flags(),
              tcp.sequence(),
              tcp.acknowledgment(),
              tcp.window(),
              tcp.payloadLength(),
              tcp.mss(),
              tcp.windowScale(),
              tcp.isSackPermitted(),
              tcp.timestampValue(),
              tcp.timestampEcho(),
              List.of(edges),
              new String(text, java.nio.charset.StandardCharsets.ISO_8859_1)));
    }
  }

  /// A connection of the stack's own to where the peer speaks from, which is port [#PEER_PORT].
  Peer connectOut() {
    Peer client = new Peer();
    client.socket = stack.connect(now, new Endpoint(PEER, PEER_PORT), client, PORT);
    flush();
    return client;
  }

  /// What the application has received.
  String text() {
    return app.received.toString(StandardCharsets.US_ASCII);
  }
}
