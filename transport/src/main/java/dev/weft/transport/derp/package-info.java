/// DERP on Netty: from a connected (and, as a rule, TLS) channel to a stream of frames, for both
/// sides.
///
/// A client puts [DerpClientHandshake] into its pipeline, behind the TLS handler; a server puts
/// [DerpUpgrade] behind an HTTP codec. Both negotiate, make room for [DerpFrameCodec], and then
/// report a [DerpEvent] as user event; after [DerpEvent.Ready] or [DerpEvent.Accepted] the handlers
/// behind see
///
/// - a `ByteBuf` for each packet (SendPacket, RecvPacket, ForwardPacket): the whole frame, header
///   included, writable and theirs to release;
/// - a [dev.weft.derp.Frame] for anything else;
///
/// and may write either. Packets are never copied into records on the way.
///
/// A TLS 1.3 server can save the client a round trip by adding a [MetaCertificate] to its chain:
/// the client then knows the server's key before it speaks, and introduces itself in its first
/// flight. Browsers speak the same frames over WebSocket.
///
/// Whom a relay serves, [Admission] says. What a peer sends that is no DERP ends the channel, with
/// a [DerpEvent.Rejected]. Timers after the handshake (keepalive, read timeout) and queues are the
/// caller's.
///
/// Wire facts: `docs/protocol/dataplane.md §5.1`, `§5.2`.
@NullMarked
package dev.weft.transport.derp;

import org.jspecify.annotations.NullMarked;
