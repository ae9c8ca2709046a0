/// The `weft` command: what people type to run a node, in the words, formats and exit codes of the
/// `tailscale` command.
///
/// [dev.weft.cli.Cli] is the entry; it picks a command, has its flags read, and prints its failure
/// as one line. Each command is a class that asks the daemon over the LocalAPI (`Daemon`, a small
/// HTTP/1.1 client on a unix socket) and prints. Nothing is decided here that the daemon could
/// decide: the command line holds no state.
///
/// The command starts a JVM each time, so what lies on its path is kept light: no logging, no
/// regular expressions, no formatter where joining strings will do.
///
/// Specification: `docs/protocol/services.md` §7 and §1.10 to §1.11.
@NullMarked
package dev.weft.cli;

import org.jspecify.annotations.NullMarked;
