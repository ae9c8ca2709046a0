/// The `weft` program: finds the command that was typed and runs it.
///
/// The only place that links the node's runtime, its services, the control plane and the relay.
/// Every product exposes one `run(arguments, out, err)`; this package owns nothing but the table of
/// them and the quickstart.
///
/// What it does not do: parse the flags of any command, or keep state.
@NullMarked
package dev.weft.dist;

import org.jspecify.annotations.NullMarked;
