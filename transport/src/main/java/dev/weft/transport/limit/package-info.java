/// Bounds what strangers can take of a server.
///
/// [dev.weft.transport.limit.ConnectionLimits] counts the connections of a server, all together and
/// by where they come from. The caller asks before it serves one, closes one that may not enter,
/// and says when one is gone. [dev.weft.transport.limit.RateLimit] says how often each may do
/// something. They open, close and wait for nothing themselves.
@NullMarked
package dev.weft.transport.limit;

import org.jspecify.annotations.NullMarked;
