package dev.weft.transport.derp;

import dev.weft.transport.tls.TlsProvider;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509TrustManager;

/// TLS towards a relay.
public final class DerpTls {
  private DerpTls() {}

  /// A client's handler for one connection to one relay.
  ///
  /// @param authorities whom to believe about names
  /// @param host asked for by name (SNI), unless it is an address
  public static SslHandler clientHandler(
      RelayIdentity identity,
      X509TrustManager authorities,
      ByteBufAllocator allocator,
      String host,
      int port)
      throws SSLException {
    SslContext context = clientContext(identity, authorities);
    try {
      return context.newHandler(allocator, host, port);
    } finally {
      // The handler's engine holds what it needs.
      ReferenceCountUtil.release(context);
    }
  }

  private static SslContext clientContext(RelayIdentity identity, X509TrustManager authorities)
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
