/// Views over IP packets and the writers that make them: IPv4, IPv6 with the Fragment header, TCP
/// with its options, UDP, ICMP for both families, and TSMP, the in-tunnel message protocol of
/// Tailscale nodes.
///
/// **Reading.** A view is a reusable flyweight over a `byte[]`. `wrap(array, offset, length)`
/// checks once and answers a [PacketCheck]; after [PacketCheck#VALID] no accessor can throw, after
/// anything else only `wrap` may be called. Nothing is copied, so a view must not outlive the call
/// that lent the bytes. [IpView] finds the transport header; [TcpView], [UdpView], [IcmpView] and
/// [Tsmp] read from there:
///
/// ```java
/// if (ip.wrap(a, offset, length) == VALID && ip.protocol() == IpProtocol.TCP && !ip.isLaterFragment()
///     && tcp.wrap(a, ip.transportOffset(), ip.transportLength()) == VALID) {
///   filter(ip, tcp.sourcePort(), tcp.destinationPort(), tcp.flags());
/// }
/// ```
///
/// Checksums are not part of the check: a middle box need not look at them, an end point does
/// ([IpView#checksumValid], [IpView#transportChecksumValid]).
///
/// **Writing.** [IpWriter] lays headers in front of a payload already in place; [Packets] makes
/// whole packets for the messages a node originates itself (echo replies, resets, TSMP). [Checksum]
/// holds the Internet checksum and its incremental form.
///
/// Addresses are two longs so that the packet path allocates nothing; an IPv4 address appears as
/// `::ffff:a.b.c.d`. `source()` and `destination()` make an [dev.weft.base.Ip] where the cost does
/// not matter.
///
/// The package decides nothing: what to accept, reassemble or answer is the caller's.
///
/// Specifications: RFC 791, RFC 8200, RFC 9293, RFC 7323, RFC 2018, RFC 768, RFC 792, RFC 4443, RFC
/// 1071, RFC 1624; `docs/protocol/dataplane.md` §1.8 (TSMP) and §6.2 (which fragments and extension
/// headers are understood).
@NullMarked
package dev.weft.packet;

import org.jspecify.annotations.NullMarked;
