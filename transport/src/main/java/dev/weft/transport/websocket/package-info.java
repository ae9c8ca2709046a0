/// Streams of bytes over WebSocket (RFC 6455), as browsers reach the relay and the control plane.
///
/// [dev.weft.transport.websocket.WebSocketBytes] is the handler: bytes below it become binary
/// messages, and messages of any size bytes, in order. It answers pings and closes. The caller
/// supplies the upgrade and the frame codec in front of it, with a bound on the size of a frame.
@NullMarked
package dev.weft.transport.websocket;

import org.jspecify.annotations.NullMarked;
