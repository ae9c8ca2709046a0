package dev.weft.relay;

import dev.weft.transport.tls.TlsProvider;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLException;

/// The relay's TLS: the certificate's chain and, behind it, the one that tells clients the relay's
/// key in the TLS 1.3 handshake. No ALPN: HTTP/2 knows no upgrade to DERP.
final class RelayTls {
  private RelayTls() {}

  static SslContext context(RelayCertificate certificate, X509Certificate meta)
      throws RelayException {
    return context(certificate, meta, TlsProvider.best());
  }

  static SslContext context(
      RelayCertificate certificate, X509Certificate meta, SslProvider provider)
      throws RelayException {
    List<X509Certificate> chain = new ArrayList<>(certificate.chain());
    chain.add(meta);
    // Not by Netty's key stores: they insist on each certificate vouching for the one before it.
    KeyManager keys = new OneKey(certificate.key(), chain);
    try {
      return SslContextBuilder.forServer(keys)
          .sslProvider(provider)
          .protocols("TLSv1.3", "TLSv1.2")
          .build();
    } catch (SSLException e) {
      throw new RelayException("cannot use the certificate for TLS", e);
    }
  }
}
