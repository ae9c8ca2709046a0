/// The control plane: who is in a tailnet, and what each node is told of it.
///
/// [dev.weft.control.ControlServer] runs one from [dev.weft.control.ControlSettings];
/// [dev.weft.control.ControlCommand] is `weft control …`, both the server and the admin's commands,
/// which talk to the running server over a unix socket in its state folder.
///
/// How it is built: `http` accepts requests and proves the machine that asks; `ControlPlane` here
/// holds the lock and the clock, `MapStreams` the open map streams; `tailnet` decides; `store`
/// keeps. A request runs on a virtual thread: it takes the lock, lets the tailnet decide, whose
/// decision is on disk before it is true in memory, and answers outside the lock.
///
/// The state folder holds the database, the Noise key, a lock file and the socket. Whoever has it
/// has the tailnet; losing the key strands every client.
///
/// Protocol: `docs/protocol/control.md`, and `docs/protocol/selfhosted.md` for what official
/// clients need.
@NullMarked
package dev.weft.control;

import org.jspecify.annotations.NullMarked;
