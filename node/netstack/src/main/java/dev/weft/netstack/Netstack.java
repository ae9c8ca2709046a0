package dev.weft.netstack;

import dev.weft.base.Endpoint;
import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.base.Segments;
import dev.weft.packet.IpProtocol;
import dev.weft.packet.IpView;
import dev.weft.packet.PacketCheck;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A userspace TCP/IP stack for one node: TCP, UDP and ICMP echo over IPv4 and IPv6, without I/O,
/// clock or thread.
///
/// It owns its sockets and their buffers. The caller, always the same thread,
///
/// - passes received packets to [#handlePackets], and calls [#handleTimeout] when [#nextTimeout]
///   has come;
/// - uses the sockets;
/// - calls [#flush] after any of this, once per pass of its loop: only then handlers are called and
///   segments made, so that what came in one pass is acknowledged once and leaves in batches.
///
/// It does not filter (it believes what it is given), route, or resolve names. It answers for its
/// own addresses, and for all others when there is a forwarder.
public final class Netstack {
  /// RFC 6056 §3: ephemeral ports, in Linux' default range.
  private static final int FIRST_EPHEMERAL = 32_768;

  private static final int LAST_EPHEMERAL = 60_999;

  /// Rounds of looped-back packets in one flush; what remains waits for the next.
  private static final int MAX_ROUNDS = 64;

  private final Entropy entropy;
  private final Addresses addresses = new Addresses();
  private final Drops drops = new Drops();
  private final Loopback loopback = new Loopback(drops);
  private final PacketBatch batch = new PacketBatch(loopback);
  private final Tcp tcp;
  private final Udp udp;
  private final PortUnreachable unreachable;
  private final Icmp icmp;
  private final Reassembler reassembler = new Reassembler(drops);
  private final boolean verifyChecksums;
  private final IpView ip = new IpView();
  private boolean forwards;
  private boolean isFlushing;

  public Netstack(NetstackConfig config, Entropy entropy) {
    this.entropy = entropy;
    this.verifyChecksums = config.verifyChecksums();
    tcp = new Tcp(config, entropy, addresses, drops, batch);
    Fragmenter fragmenter = new Fragmenter(batch, config.mtu());
    unreachable = new PortUnreachable(addresses, drops, fragmenter);
    udp = new Udp(addresses, drops, fragmenter, unreachable);
    icmp = new Icmp(addresses, drops, fragmenter, tcp, udp);
  }

  /// Where packets go.
  public interface Output {
    /// A batch for one destination address; borrowed for the call, and the callee may change its
    /// bytes.
    void transmit(Segments ipPackets);
  }

  /// The length of the arrays that batches are gathered in.
  public static final int BATCH_BYTES = PacketBatch.BYTES;

  /// During [Output#transmit]: the callee keeps the array of the batch, and the next batch is
  /// gathered in `spare`, which has [#BATCH_BYTES]. Answers false when `used` is another array;
  /// then nothing has changed.
  public boolean exchange(byte[] used, byte[] spare) {
    return batch.exchange(used, spare);
  }

  /// The addresses that this node is. Existing connections stay as they are.
  public void setAddresses(List<Ip> own) {
    addresses.set(own);
    udp.forgetRoutes();
  }

  // Packets and time.

  /// A batch from the tunnel, after the packet filter. Answers that need no socket leave at once,
  /// all else with [#flush].
  public void handlePackets(long now, Segments packets, Output out) {
    batch.begin(out);
    for (int i = 0; i < packets.count(); i++) {
      handlePacket(now, packets.array(), packets.offset(i), packets.length(i));
    }
    batch.flush();
  }

  private void handlePacket(long now, byte[] a, int offset, int length) {
    if (ip.wrap(a, offset, length) != PacketCheck.VALID) {
      drops.count(Drop.MALFORMED);
      return;
    }
    boolean own = addresses.isOwn(ip.destinationHigh(), ip.destinationLow());
    if (!own && !forwards) {
      drops.count(Drop.FOREIGN_DESTINATION);
    } else if (!isAnswerable()) {
      drops.count(Drop.BAD_SOURCE);
    } else if (ip.isFragment()) {
      handleFragment(now);
    } else if (verifyChecksums && !(ip.checksumValid() && isTransportIntact())) {
      drops.count(Drop.BAD_CHECKSUM);
    } else {
      handleTransport(now, own);
    }
  }

  private void handleFragment(long now) {
    if (!ip.checksumValid()) {
      drops.count(Drop.BAD_CHECKSUM);
      return;
    }
    byte[] whole = reassembler.add(ip, now);
    if (whole != null) {
      handlePacket(now, whole, 0, whole.length);
    }
  }

  private boolean isAnswerable() {
    long high = ip.sourceHigh();
    long low = ip.sourceLow();
    if (ip.isV4()) {
      int first = (int) low >>> 24;
      return first != 0 && first < 224;
    }
    return high >>> 56 != 0xff && (high | low) != 0;
  }

  private boolean isTransportIntact() {
    return switch (ip.protocol()) {
      case IpProtocol.TCP, IpProtocol.UDP, IpProtocol.ICMP_V4, IpProtocol.ICMP_V6 ->
          ip.transportChecksumValid();
      default -> true;
    };
  }

  private void handleTransport(long now, boolean own) {
    switch (ip.protocol()) {
      case IpProtocol.TCP -> tcp.handle(ip, own, now);
      case IpProtocol.UDP -> udp.handle(ip, own, now);
      case IpProtocol.ICMP_V4, IpProtocol.ICMP_V6 -> icmp.handle(ip, own);
      default -> drops.count(Drop.UNKNOWN_PROTOCOL);
    }
  }

  /// Must be called when [#nextTimeout] has come; earlier does no harm.
  public void handleTimeout(long now, Output out) {
    batch.begin(out);
    tcp.handleTimeout(now);
    batch.flush();
  }

  /// When the stack wants to be called next: `handleTimeout`, then `flush`.
  public long nextTimeout() {
    return hasWork() ? 0 : tcp.nextTimeout();
  }

  /// Whether a [#flush] would do something.
  public boolean hasWork() {
    return hasWorkInPass() || tcp.agenda.hasDeferred();
  }

  private boolean hasWorkInPass() {
    return tcp.agenda.hasWork() || udp.hasWork() || !loopback.isEmpty();
  }

  /// Calls the handlers that have something to hear, and sends what the connections have to send: a
  /// bounded share each, so that a pass stays short. When that was not all, [#nextTimeout] asks for
  /// another pass at once.
  public void flush(long now, Output out) {
    if (isFlushing) {
      return; // A handler asked; the loop below comes to it.
    }
    isFlushing = true;
    try {
      batch.begin(out);
      tcp.agenda.startPass();
      for (int round = 0; round < MAX_ROUNDS && hasWorkInPass(); round++) {
        tcp.agenda.dispatch();
        tcp.emit(now);
        udp.emit();
        batch.flush();
        Segments looped;
        while ((looped = loopback.poll()) != null) {
          handlePackets(now, looped, out);
        }
      }
    } finally {
      isFlushing = false;
    }
  }

  // Sockets.

  /// Opens a connection from an own address to `remote`.
  ///
  /// @return the socket, or null when there is no own address of that family, no free port, or the
  ///   table is full
  public @Nullable TcpSocket connect(long now, Endpoint remote, TcpHandler handler) {
    return connect(now, remote, handler, 0);
  }

  /// Opens a connection from a port of the caller's choice; 0 for any.
  @Nullable TcpSocket connect(long now, Endpoint remote, TcpHandler handler, int localPort) {
    Ip local = addresses.towards(remote.ip());
    if (local == null || !tcp.makeRoomInTable()) {
      return null;
    }
    Route route = addresses.route(local, remote.ip());
    int port =
        localPort != 0
            ? localPort
            : ephemeral(p -> !tcp.isListening(p) && tcp.isFree(route, p, remote.port()));
    return port == 0 ? null : tcp.connect(now, route, port, remote.port(), handler);
  }

  /// The peer has said, by a way that only it has, that it does not let this connection in; one
  /// that waits for the answer to its SYN fails at the next [#flush].
  public void reject(Endpoint local, Endpoint remote) {
    tcp.reject(addresses.route(local.ip(), remote.ip()), local.port(), remote.port());
  }

  /// Takes connections to `port` of all own addresses.
  ///
  /// @param port 0 for a free one
  /// @return the port, or 0 when it is taken
  public int listen(int port, TcpAcceptor acceptor) {
    int chosen = port != 0 ? port : ephemeral(p -> !tcp.isListening(p));
    return chosen != 0 && tcp.listen(chosen, acceptor) ? chosen : 0;
  }

  /// Ends a [#listen]. Connections stay.
  public void unlisten(int port) {
    tcp.unlisten(port);
  }

  /// Who is asked about SYNs that no listener takes, on own addresses and all others; null for
  /// nobody, and then they are reset. Called within [#handlePackets].
  public void setTcpForwarder(@Nullable Consumer<TcpRequest> forwarder) {
    tcp.setForwarder(forwarder);
    forwards = forwarder != null;
  }

  /// Who takes datagrams that no socket takes.
  public void setUdpForwarder(@Nullable UdpHandler forwarder) {
    udp.setForwarder(forwarder);
  }

  /// Binds a UDP port.
  ///
  /// @param address null for all own addresses
  /// @param port 0 for a free one
  /// @return the socket, or null when the port is taken
  public @Nullable UdpSocket bind(@Nullable Ip address, int port, UdpHandler handler) {
    if (port != 0) {
      return udp.bind(address, port, handler);
    }
    int start = entropy.below(LAST_EPHEMERAL - FIRST_EPHEMERAL + 1);
    for (int i = 0; i <= LAST_EPHEMERAL - FIRST_EPHEMERAL; i++) {
      int candidate = FIRST_EPHEMERAL + (start + i) % (LAST_EPHEMERAL - FIRST_EPHEMERAL + 1);
      UdpSocket socket = udp.bind(address, candidate, handler);
      if (socket != null) {
        return socket;
      }
    }
    return null;
  }

  /// Sends a datagram from any address: the answer of a forwarder.
  public boolean sendDatagram(Endpoint local, Endpoint remote, ByteBuffer payload) {
    return udp.send(local.ip(), local.port(), remote, payload);
  }

  /// Tells the sender of a datagram that the forwarder has taken that nobody is there. It leaves at
  /// once, unless too many have been told just now.
  public void refuseDatagram(long now, Endpoint local, Endpoint remote, Output out) {
    batch.begin(out);
    unreachable.answer(local, remote, now);
    batch.flush();
  }

  private int ephemeral(java.util.function.IntPredicate isFree) {
    int count = LAST_EPHEMERAL - FIRST_EPHEMERAL + 1;
    int start = entropy.below(count);
    for (int i = 0; i < count; i++) {
      int port = FIRST_EPHEMERAL + (start + i) % count;
      if (isFree.test(port)) {
        return port;
      }
    }
    return 0;
  }

  // Figures.

  /// How many packets were not used, for this reason.
  public long drops(Drop reason) {
    return drops.of(reason);
  }

  /// TCP segments sent again.
  public long resentSegments() {
    return tcp.resentSegments();
  }

  /// Retransmission timeouts: losses that nothing quicker had found.
  public long timeouts() {
    return tcp.timeouts();
  }

  /// Connections in any state, TIME-WAIT included.
  public int connections() {
    return tcp.connections();
  }

  /// Bytes that the buffers of all connections take.
  public long bufferBytes() {
    return tcp.pool.usedBytes();
  }
}
