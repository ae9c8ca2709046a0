/// Says who holds a port that a server wanted.
///
/// Owns nothing; reads `/proc` where there is one. The caller supplies the address it failed to
/// bind and prints the answer. Finds the holder only when the caller may see that process: its own,
/// or every one for root.
@NullMarked
package dev.weft.transport.port;

import org.jspecify.annotations.NullMarked;
