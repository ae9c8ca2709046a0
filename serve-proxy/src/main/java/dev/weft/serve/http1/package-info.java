/// HTTP/1.1 messages as they stand on a connection, read so strictly that two readers cannot
/// disagree.
///
/// A proxy is a second reader of every message. Where it is lenient in another way than the program
/// behind it, a stranger puts a request between the two readings. So nothing here is repaired: a
/// message is understood as RFC 9112 says or refused with a [Fault], and what is passed on is
/// written anew from what was understood.
///
/// [HeadScanner] finds where a head ends, [RequestParser] and [ResponseParser] read it,
/// [BodyReader] takes the body out of what follows. All are bounded: 64 KiB for a head or a
/// trailer, 200 fields, 16 KiB for a target.
///
/// The caller supplies bytes as they come and one reader for each message. Not here: connections,
/// what is done with a message, HTTP/2.
///
/// [RFC 9110](https://www.rfc-editor.org/rfc/rfc9110), [RFC
/// 9112](https://www.rfc-editor.org/rfc/rfc9112).
@NullMarked
package dev.weft.serve.http1;

import org.jspecify.annotations.NullMarked;
