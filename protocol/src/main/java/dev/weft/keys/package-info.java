/// The keys a tailnet knows its members by: machine, node, disco and challenge, all Curve25519.
///
/// A public key is a value ([NodeKey][dev.weft.keys.NodeKey] and its siblings): 32 bytes with the
/// text form `<prefix><64 hex digits>` of JSON and of the command line. All zero means "none". A
/// private key ([NodePrivateKey][dev.weft.keys.NodePrivateKey] and its siblings) agrees and opens
/// boxes; its bytes leave only as the text that the state file keeps.
///
/// | key | public | private | used by |
/// |---|---|---|---|
/// | machine | `mkey:` | `privkey:` | Noise between node and control, on both sides |
/// | node | `nodekey:` | `privkey:` | WireGuard, DERP; what the control plane lists |
/// | disco | `discokey:` | not stored | path discovery; new in every process |
/// | challenge | `chalpub:` | not stored | the early payload of a control connection |
///
/// The caller supplies entropy. Nothing here reads or writes files; which key a stored `privkey:`
/// is follows from where it was stored.
///
/// `docs/protocol/control.md` §1.1.
@NullMarked
package dev.weft.keys;

import org.jspecify.annotations.NullMarked;
