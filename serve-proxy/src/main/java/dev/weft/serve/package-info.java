/// The `serve` service: what this machine runs on a port, handed to teammates by the node's name.
///
/// [dev.weft.serve.ServeService] is the entry; the node finds it and gives it connections from the
/// tailnet. For each the serve configuration (`docs/protocol/services.md` §1) says what it is:
///
/// - **HTTP.** A front connection reads requests as `dev.weft.serve.http1` does and asks the
///   router. A text, a redirect or a refusal is answered here; what belongs to a backend becomes an
///   exchange, which borrows a connection to the backend from the pool and passes both messages
///   through as they come. Mounts are taken off the path; headers about the client are the node's
///   own: what the client claims to be is removed in every spelling, who it is comes from the
///   tailnet. `Upgrade` turns both connections into a tunnel.
/// - **TCP.** The connection is relayed to its target, with a PROXY header where one is asked for.
///   A side that stops sending does not end the other's turn.
///
/// Everything runs on the node loop, where the client's connection and the backend's live side by
/// side; so there are no locks and back-pressure is simple: neither is read unless the other has
/// room. Memory for a connection is bounded by two water marks and one read, however large a body
/// is and however slowly it is taken; `BufferShare` makes them smaller as connections become more,
/// so that all of them together are bounded too. Silence is bounded by `Timeouts`, except where it
/// is the point: streams and tunnels live as long as both ends want. What a client has to keep
/// going is judged by `Pace`: a reader may take nothing for two minutes and any byte renews them,
/// an upload is over when nothing has come for 30 seconds; only while more than 256 connections
/// share the memory 4 KB in 30 seconds are asked of both.
///
/// The caller supplies a [dev.weft.node.spi.ServiceContext]. Not here: TLS towards clients, which
/// needs certificates that a node does not offer yet (such ports are refused and said to be),
/// HTTP/2, files and folders, `unix:` backends, app capabilities, and what the original calls
/// services (virtual IPs).
@NullMarked
package dev.weft.serve;

import org.jspecify.annotations.NullMarked;
