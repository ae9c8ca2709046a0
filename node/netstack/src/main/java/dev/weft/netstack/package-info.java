/// A userspace TCP/IP stack for one node, sans-IO.
///
/// {@link dev.weft.netstack.Netstack} is the entry: IP packets in, IP packets out, sockets beside
/// it. It gives a node without a TUN device connections of its own, and lets it take connections on
/// behalf of others (subnet router, `serve`).
///
/// **TCP** is RFC 9293 with window scaling, timestamps and PAWS (RFC 7323), SACK (RFC 2018, RFC
/// 2883), loss detection by time (RACK-TLP, RFC 8985), proportional rate reduction (RFC 9937),
/// losses that prove to be none taken back (RFC 4015), CUBIC (RFC 9438) with HyStart++ (RFC 9406)
/// and ten segments to begin with (RFC 6928), the retransmission timer of RFC 6298, protection
/// against blind attacks (RFC 5961), unpredictable initial numbers (RFC 6528), and windows that
/// grow with the path. The parts:
///
/// - `Tcp`: which connection a segment belongs to, who listens, who is asked; `Agenda`: who is to
///   be told and who is to send;
/// - `TcpConnection`: the state of one connection; `TcpHandshake`, `TcpInput`, `TcpOutput`,
///   `TcpTimers` change it;
/// - `SendBuffer`, `ReceiveBuffer` over a `ByteRing` from the `BufferPool`;
/// - `Recovery` (with `Scoreboard`, `Rack`, `TailLossProbe`, `RttEstimator`) and `Cubic` (with
///   `HyStart`);
/// - `Udp`, `Icmp`, `PortUnreachable`, `Reassembler`, `Fragmenter`; `PacketBatch` and `Loopback`
///   take what is sent.
///
/// **Batches.** Nothing is sent while packets are taken in; {@link
/// dev.weft.netstack.Netstack#flush} sends once per pass of the caller's loop, as runs of equally
/// long segments.
///
/// **Bounds.** All buffers together, connections, half-open handshakes (also by remote address),
/// TIME-WAIT, holes in a stream, looped-back and queued datagrams: see {@link
/// dev.weft.netstack.NetstackConfig} and the constants beside each.
///
/// What the caller supplies: time, entropy, one thread. What the stack does not do: filter, route,
/// forward packets (so it has no packet-too-big to say), resolve names. The channels over it are
/// `dev.weft.netstack.channel`.
@NullMarked
package dev.weft.netstack;

import org.jspecify.annotations.NullMarked;
