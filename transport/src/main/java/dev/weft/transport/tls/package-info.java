/// What several products need around TLS: whom to trust ([SystemTrust]), whether a certificate is
/// for a name ([CertificateNames]), which implementation to use ([TlsProvider]), and when to read
/// an admin's files again ([ChangedFiles]).
///
/// Contexts and handlers are Netty's; protocols build them where they know what they talk to.
@NullMarked
package dev.weft.transport.tls;

import org.jspecify.annotations.NullMarked;
