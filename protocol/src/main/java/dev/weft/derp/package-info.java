/// DERP, the protocol of the relays that carry a tailnet's packets when no direct path exists.
///
/// A client holds one long-lived stream to a relay and is addressed there by its node key. The
/// stream is a sequence of frames: type, length, payload. [Frame] holds their meaning, a record
/// each; [FrameType] their codes, limits and who may send them.
///
/// The opening is a dialogue of three frames:
///
/// 1. the relay names its key: [Frame.ServerKey];
/// 2. the client proves that it holds its node key: [ClientInfo#seal] makes a
///    [Frame.SealedClientInfo], which the relay opens with [ClientInfo#open];
/// 3. the relay answers in kind: [ServerInfo#seal], [ServerInfo#open].
///
/// The caller supplies the stream and cuts it into frames: it reads [FrameHeader#LENGTH] bytes,
/// asks [FrameHeader#parse] whether to read, skip or hang up, and gives the payload to
/// [Frame#parse]. Packets need not pass through records: a relay turns a SendPacket into the
/// RecvPacket for the other side by changing its type and key in place ([PacketFrames]).
///
/// A peer's bytes never throw: they are a [FrameFault], after which the stream has lost its meaning
/// and must be closed. Timers, queues and the HTTP upgrade in front are the callers'.
///
/// Wire facts: `docs/protocol/dataplane.md §5.1` and `§5.2`, known answers in its appendix B.3.
@NullMarked
package dev.weft.derp;

import org.jspecify.annotations.NullMarked;
