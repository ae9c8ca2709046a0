/// The control protocol's transport below HTTP/2: the Noise handshake with its headers, the records
/// after it, and the early payload.
///
/// | side | handshake | afterwards |
/// |---|---|---|
/// | client | [ClientHandshake][dev.weft.ts2021.ClientHandshake] writes the initiation, reads the [HandshakeOutcome][dev.weft.ts2021.HandshakeOutcome] | [SecureChannel][dev.weft.ts2021.SecureChannel] |
/// | server | [ServerHandshake][dev.weft.ts2021.ServerHandshake] reads the initiation, holds who it is and the response | [SecureChannel][dev.weft.ts2021.SecureChannel] |
///
/// The initiation travels in a header of the HTTP upgrade; the response and the records are raw
/// bytes behind the 101. The plaintext of the records is a byte stream: from the server it may
/// begin with an [EarlyPayload][dev.weft.ts2021.EarlyPayload], then it is HTTP/2 in both
/// directions.
///
/// The caller supplies both static keys, entropy, and whole frames:
/// [Frames][dev.weft.ts2021.Frames] tells how long the next one is. Nothing here reads a socket or
/// speaks HTTP (`dev.weft.transport.ts2021` does), and nothing is larger than the 4096 bytes of a
/// record.
///
/// A peer's bytes never throw: what is wrong with them is a [Fault][dev.weft.ts2021.Fault], and
/// every fault ends the connection.
///
/// `docs/protocol/control.md` §2.3 to §2.5, read from upstream 1.103.
@NullMarked
package dev.weft.ts2021;

import org.jspecify.annotations.NullMarked;
