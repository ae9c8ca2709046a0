/// Values that every layer shares: byte strings, IP addresses and prefixes, endpoints, batches of
/// packets, and the source of randomness.
///
/// All types here are immutable values except {@link dev.weft.base.Segments} and {@link
/// dev.weft.base.Datagrams}, which are borrowed windows over somebody else's memory and live for
/// one call only.
///
/// What the caller supplies: nothing; there is no I/O, clock or state here. Randomness is an
/// argument everywhere, as an {@link dev.weft.base.Entropy}.
///
/// What this package does not do: packet headers (see `dev.weft.packet`), keys (see
/// `dev.weft.keys`).
@NullMarked
package dev.weft.base;

import org.jspecify.annotations.NullMarked;
