/// Netty handlers that turn an HTTP/1.1 connection into the byte stream of ts2021, on both sides.
///
/// ## Server
///
/// Put a [Ts2021ServerHandler][dev.weft.transport.ts2021.Ts2021ServerHandler] right behind an
/// `HttpServerCodec`, before whatever answers the other paths:
///
/// ```java
/// pipeline.addLast(new HttpServerCodec());
/// pipeline.addLast(new Ts2021ServerHandler(serverKey, entropy, (inner, peer) -> {
///   inner.addLast(Http2FrameCodecBuilder.forServer().build());
///   inner.addLast(new Http2MultiplexHandler(new PerRequest(peer.machine(), peer.version())));
/// }));
/// pipeline.addLast(new HttpObjectAggregator(4096), new PublicEndpoints());   // `/key` and others
/// ```
///
/// Requests for other paths pass through untouched. When `/ts2021` is upgraded, the HTTP codec and
/// **every handler behind this one** leave the pipeline, the record handlers take their place, and
/// the callback adds what runs inside. In front stay TLS and whatever else does not care about
/// HTTP. From then on reads and writes are plaintext; writes are gathered into full records at each
/// flush. A client may have several connections at once; none replaces another
/// (`docs/protocol/control.md` §2.6).
///
/// ## Client
///
/// An `HttpClientCodec` and a [Ts2021ClientHandler][dev.weft.transport.ts2021.Ts2021ClientHandler]
/// behind it do the same from the other end; the early payload, if the server sends one, is taken
/// out of the stream. Its promise tells how it went, the reason as one line of an
/// [UpgradeException][dev.weft.transport.ts2021.UpgradeException].
///
/// ## Both
///
/// A record that is not the peer's ends the connection after a
/// [RecordFault][dev.weft.transport.ts2021.RecordFault] event; nothing is thrown and nothing is
/// kept beyond one record. Which address to dial, timeouts, limits on connections and the WebSocket
/// variant for browsers are not here.
///
/// `docs/protocol/control.md` §2.1, §2.4, §2.5; the bytes themselves are `dev.weft.ts2021`'s.
@NullMarked
package dev.weft.transport.ts2021;

import org.jspecify.annotations.NullMarked;
