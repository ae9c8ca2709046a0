/// Calls of the operating system that neither the JDK nor Netty has, by `java.lang.foreign`.
///
/// [BatchReceiver][dev.weft.runtime.host.BatchReceiver] reads a UDP socket by whole batches, as the
/// kernel put them together, into memory of the caller's.
///
/// Each type says whether it is available here; whoever uses one has a way without it, for other
/// systems and for a JVM that was not allowed native access. The caller supplies descriptors that
/// are open and keeps them so during a call. Nothing is decided, and nothing waits.
@NullMarked
package dev.weft.runtime.host;

import org.jspecify.annotations.NullMarked;
