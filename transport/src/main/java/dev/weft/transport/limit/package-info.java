/// Bounds what strangers can take of a server.
///
/// [dev.weft.transport.limit.ConnectionLimits] counts the connections of a server, all together and
/// by where they come from. The caller asks before it serves one, closes one that may not enter,
/// and says when one is gone. It opens and closes nothing itself.
@NullMarked
package dev.weft.transport.limit;

import org.jspecify.annotations.NullMarked;
