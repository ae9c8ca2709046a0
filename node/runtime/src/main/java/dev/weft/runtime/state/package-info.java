/// What a node remembers over a restart: its keys, preferences, pinned control keys, serve config,
/// and a copy of the last network map.
///
/// [StateStore] is one JSON document, `weft.state`, of named sections, and a few *caches* beside
/// it: files whose loss costs nothing but time. A section is JSON that only its owner understands,
/// so a newer or older program keeps the sections it does not know. Every change writes a temporary
/// file, syncs it, renames it over the old one and syncs the folder: a process killed at any point
/// leaves the old document or the new one. A document that cannot be read is never written over.
///
/// One daemon per folder: [FolderLock] refuses the second and names the first.
///
/// The caller supplies the folder, and calls from threads that may block; the node loop may not.
/// This package knows nothing about what the sections mean.
@NullMarked
package dev.weft.runtime.state;

import org.jspecify.annotations.NullMarked;
