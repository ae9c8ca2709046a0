/// Disco: the sealed messages by which two nodes find a direct path to each other.
///
/// A packet is a magic, the sender's disco key, a nonce and a NaCl box; inside is one
/// [DiscoMessage], a sealed family of records. [DiscoPacket] is the entry: it recognises, seals and
/// opens. [Geneve] recognises packets that come through a peer relay.
///
/// The caller supplies the precomputed box of a key pair ([dev.weft.keys.DiscoPrivateKey] makes one
/// per remote key; it is worth caching) and the entropy for nonces and transaction ids.
///
/// What this package does not do: decide. When to ping, whom to believe and which path to take is
/// the engine's business. Nothing here throws on a peer's bytes; what cannot be opened or parsed is
/// an empty result.
///
/// Specification: `docs/protocol/dataplane.md` §2; RFC 8926 for Geneve.
@NullMarked
package dev.weft.disco;

import org.jspecify.annotations.NullMarked;
