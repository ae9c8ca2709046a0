/// What several products need around TLS: whom to trust ([SystemTrust]), whether a certificate is
/// for a name ([CertificateNames]), which implementation to use ([TlsProvider]), and a server's TLS
/// while an admin replaces its files ([CurrentTls]).
///
/// Contexts and handlers are Netty's; protocols build them where they know what they talk to.
@NullMarked
package dev.weft.transport.tls;

import org.jspecify.annotations.NullMarked;
