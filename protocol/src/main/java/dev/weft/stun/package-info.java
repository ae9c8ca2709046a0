/// STUN as the tailnet's nodes and relays speak it: one question ("from where do you see this
/// datagram?") and its answer.
///
/// A node sends a [BindingRequest] to each relay and learns from the [BindingResponse] its public
/// address and, by the time taken, how near the relay is. Both directions are pure: bytes in,
/// message or [StunDrop] out.
///
/// - [Stun#isStun] tells a STUN datagram from WireGuard and disco on a shared socket.
/// - A relay calls [BindingRequest#parse] and answers with [BindingResponse#encode]. Only requests
///   of tailnet clients pass: SOFTWARE `tailnode`, and a correct FINGERPRINT as last attribute.
/// - A node calls [BindingRequest#encode] and, on what comes back, [BindingResponse#parse]. It must
///   itself compare the [TransactionId], 96 random bits, with those it has asked by.
///
/// What a peer sends never throws and nothing here keeps state.
///
/// Wire facts: `docs/protocol/dataplane.md §4.1`, known answers in its appendix B.3; RFC 8489 §5,
/// §14.1, §14.2, §14.7.
@NullMarked
package dev.weft.stun;

import org.jspecify.annotations.NullMarked;
