/// What admins do, and how it gets to the running server.
///
/// The server listens on a unix socket in its state folder, which only the folder's owner can open:
/// that is the authentication. One request and one reply a connection, each a line of JSON.
/// [dev.weft.control.admin.AdminSocket] is the server's end, [dev.weft.control.admin.AdminClient]
/// the other, and [dev.weft.control.admin.AdminCommands] the command line above it.
///
/// The decisions are the tailnet's; here are names, tables and texts.
@NullMarked
package dev.weft.control.admin;

import org.jspecify.annotations.NullMarked;
