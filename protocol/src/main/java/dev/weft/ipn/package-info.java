/// The JSON shapes of the LocalAPI: what a node tells the programs of its own machine and what they
/// ask of it.
///
/// These are the types that the `weft` and `tailscale` commands, certificate tools, editors and
/// dashboards exchange with the daemon over its unix socket: [dev.weft.ipn.Prefs] and
/// [dev.weft.ipn.MaskedPrefs] (settings), [dev.weft.ipn.Status] (a snapshot for people),
/// [dev.weft.ipn.Notify] (the event stream), [dev.weft.ipn.PingResult],
/// [dev.weft.ipn.WhoIsResponse] and [dev.weft.ipn.Options] (the body of `start`). Every type is
/// immutable and has a `JSON` table for [dev.weft.json.Json].
///
/// Fields of features that Weft does not have are not modelled; they are skipped on input and,
/// where the peer always writes them, written as `null`. The size of a body is for the caller to
/// bound, since it owns the stream.
///
/// The package does no I/O and knows nothing of HTTP; the server is `dev.weft.runtime.localapi`,
/// the client `dev.weft.cli`. `ServeConfig` has a package of its own, `dev.weft.ipn.serve`;
/// network-map types are those of `dev.weft.tailcfg`.
///
/// Specification: `docs/protocol/services.md` §6.3 (events), §6.5 (prefs), §6.6 (status).
@NullMarked
package dev.weft.ipn;

import org.jspecify.annotations.NullMarked;
