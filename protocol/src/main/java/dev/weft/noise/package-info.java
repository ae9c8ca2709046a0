/// Noise IK and IKpsk2 with Curve25519, ChaCha20-Poly1305 and BLAKE2s: the handshake under both
/// WireGuard and the control protocol.
///
/// The initiator knows the responder's static key beforehand and shows its own in the first
/// message:
///
/// ```
/// <- s
///    ...
/// -> e, es, s, ss          initiation: 32 + 48 + payload + 16 bytes
/// <- e, ee, se [, psk]     response:   32 + payload + 16 bytes
/// ```
///
/// An [IkInitiator][dev.weft.noise.IkInitiator] writes the first message and reads the second; an
/// [IkResponder][dev.weft.noise.IkResponder] is what reading a first message gives, and writes the
/// second. Both end with [TransportKeys][dev.weft.noise.TransportKeys]. A message that is not
/// authentic is `null` and changes nothing: the genuine one may still come.
///
/// The caller supplies the pattern, the prologue, its static key and a fresh ephemeral key, and
/// puts its own header around the messages: what the records look like afterwards, timestamps,
/// indices and retries belong to `dev.weft.wireguard` and `dev.weft.ts2021`.
///
/// <https://noiseprotocol.org/noise.html> revision 34, §5, §7.5 and §9;
/// `docs/protocol/dataplane.md` §1.1, `docs/protocol/control.md` §2.3.
@NullMarked
package dev.weft.noise;

import org.jspecify.annotations.NullMarked;
