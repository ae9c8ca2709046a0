/// Calls of the operating system that neither the JDK nor Netty has, by `java.lang.foreign`.
///
/// [BatchReceiver][dev.weft.runtime.host.BatchReceiver] reads a UDP socket by whole batches, as the
/// kernel put them together, into memory of the caller's.
/// [ReclaimablePages][dev.weft.runtime.host.ReclaimablePages] gives back pages that only the start
/// needed.
///
/// Where a call is not available, on another system or in a JVM that was not allowed native access,
/// the type says so or does nothing; there always is a way without it. The caller supplies
/// descriptors that are open and keeps them so during a call. Nothing is decided, and nothing
/// waits.
@NullMarked
package dev.weft.runtime.host;

import org.jspecify.annotations.NullMarked;
