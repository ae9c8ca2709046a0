package dev.weft.transport.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;

/// Which TLS implementation to use: BoringSSL where its library loads, since a handshake costs it a
/// fifth and bulk a third of what they cost the JDK's; else the JDK's.
public final class TlsProvider {
  private TlsProvider() {}

  public static SslProvider best() {
    return OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
  }
}
