/// What a node wants and where it stands: the part of the daemon that people and programs talk to.
///
/// [NodeBackend] is the entry. It is what the LocalAPI asks
/// ([dev.weft.runtime.localapi.LocalBackend]) and what the control client tells
/// ([dev.weft.runtime.control.ControlEvents]). The decisions are in [BackendCore], which has no
/// I/O, clock or thread: preferences, logins and network maps go in, and what to do about them
/// comes out, in order.
///
/// ```
///   LocalAPI ──▶ ┌──────────────┐ ──▶ ControlLink   log in, pause, log out, report
///                │ BackendCore  │ ──▶ DataPlane     this key, this map, these settings
///   control  ──▶ └──────────────┘ ──▶ NotifyBus     state, prefs, health, URL to open
/// ```
///
/// Around them, each a pure function of the network map: [Directory] (names, addresses, who is
/// behind them), [StatusView] (the status for people), [Endpoints] (where peers may find us),
/// [HostFacts] (what we tell control of the machine). What must outlive the process is in
/// [StoredIdentity], [StoredPrefs], [MapCache] and, for the logins that are not in use,
/// [ProfileBook]. [NameResolver] answers questions about names; [UnhealthyBackend] stands in for a
/// node whose state cannot be read.
///
/// A node whose control server is away starts from the map it kept, if its tailnet allows that, and
/// says since when it has not heard from control.
///
/// Facts: `docs/protocol/control.md §4.5`, `§5.7`; `docs/protocol/services.md §6`.
@NullMarked
package dev.weft.runtime.backend;

import org.jspecify.annotations.NullMarked;
