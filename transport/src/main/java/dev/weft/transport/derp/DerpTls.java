package dev.weft.transport.derp;

import dev.weft.transport.tls.TlsProvider;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509TrustManager;

/// TLS towards a relay.
public final class DerpTls {
  private DerpTls() {}

  /// A client's context for one relay.
  ///
  /// @param authorities whom to believe about names
  public static SslContext clientContext(RelayIdentity identity, X509TrustManager authorities)
      throws SSLException {
    return SslContextBuilder.forClient()
        .sslProvider(TlsProvider.best())
        .protocols("TLSv1.3", "TLSv1.2")
        .trustManager(new RelayTrust(identity, authorities))
        // RelayTrust has its own idea of the name.
        .endpointIdentificationAlgorithm(null)
        .build();
  }
}
