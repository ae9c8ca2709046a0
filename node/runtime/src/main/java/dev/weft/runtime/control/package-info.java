/// A node's side of the control protocol: registering, keeping the map stream, telling about
/// itself.
///
/// [ControlClient][dev.weft.runtime.control.ControlClient] is the entry: commands go in as method
/// calls that return at once, and what happens comes out of
/// [ControlEvents][dev.weft.runtime.control.ControlEvents].
///
/// ```java
/// ControlClient control = new ControlClient(settings, state, events);
/// control.report(new NodeReport(hostinfo, endpoints, discoKey));   // again whenever any of it changes
/// control.login(LoginRequest.withAuthKey(key));                    // or LoginRequest.resume()
/// …
/// control.logout();                                                // blocks until control has answered
/// control.close();
/// ```
///
/// Events arrive on virtual threads of the client, one at a time. A consumer hands them to its own
/// thread and returns: while it does not, nothing is read from control.
///
/// | event | what the node does |
/// |---|---|
/// | `onNetworkMap` | reconfigures itself; the map is whole and immutable each time |
/// | `onLogin(AwaitingUser)` | shows the URL |
/// | `onLogin(LoggedIn)` | knows whose node it is; the map follows |
/// | `onLogin(LoggedOut)` | needs a login |
/// | `onNodeKey` | uses this key for WireGuard from now on; it is stored already |
/// | `onProblem`, `onRecovered` | keeps working with the last map; says since when control is not there |
///
/// Inside, three loops on virtual threads read like the dialogue they lead: one registers, one
/// reads the map stream, one sends changes. They share one HTTP/2 connection over Noise, which is
/// dialled when it is needed. What is decided without I/O is apart and pure:
/// [MapFold][dev.weft.runtime.control.MapFold] turns the differences of a stream into
/// [NetworkMap][dev.weft.runtime.control.NetworkMap]s, `DialPlan` says which ports to try,
/// `Backoff` how long to wait.
///
/// The caller supplies the event loop for the connection, entropy, the machine's key, and a
/// [ControlState][dev.weft.runtime.control.ControlState] that outlives the process. A server is
/// remembered by its first key: if it shows another one later, nothing is sent to it until the user
/// decides. Not here: what a map means for peers and routes, when to show a user what, HTTP
/// proxies, tailnet lock, `ControlDialPlan`.
///
/// `docs/protocol/control.md` §1.2, §2, §3.3, §4 and §5.
@NullMarked
package dev.weft.runtime.control;

import org.jspecify.annotations.NullMarked;
