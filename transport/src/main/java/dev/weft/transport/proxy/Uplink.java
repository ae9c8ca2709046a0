package dev.weft.transport.proxy;

import javax.net.ssl.X509TrustManager;

/// How TCP connections leave this machine.
///
/// @param trust whom to believe about the names of servers and proxies
/// @param proxies which connections go through a proxy
public record Uplink(X509TrustManager trust, ProxySettings proxies) {
  /// Through no proxy.
  public static Uplink direct(X509TrustManager trust) {
    return new Uplink(trust, ProxySettings.NONE);
  }
}
