/// Whole systems: the built program, and the real peers it must work with, in network namespaces.
///
/// A test owns a {@link dev.weft.acceptance.Lab}: namespaces, a folder for state and logs under
/// `target/acceptance`, and every process it starts; closing it ends and removes all of them. Real
/// peers (`tailscaled`, `tailscale`, `headscale`, `derper`) are looked for in `$WEFT_PEERS`
/// (folders, separated by colons) and on `PATH`; a test whose peer is absent skips and names it. So
/// does one that needs root where there is none.
///
/// What it does not do: measure speed (`lab/bench` does), or reach any host outside the namespaces.
package dev.weft.acceptance;
