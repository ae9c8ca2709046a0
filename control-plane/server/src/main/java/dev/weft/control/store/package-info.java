/// Keeps a tailnet in SQLite.
///
/// One file in the state folder, write-ahead log, one connection. A commit returns when the log is
/// on disk, so a process that is killed at any moment loses nothing that was committed. The schema
/// is made and upgraded by the migrations in `sqlite/`, which are only ever added to.
///
/// The caller supplies the file and holds the tailnet's lock during commits.
@NullMarked
package dev.weft.control.store;

import org.jspecify.annotations.NullMarked;
