package dev.weft.transport.proxy;

import dev.weft.base.Ip;
import dev.weft.transport.tls.TlsProvider;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509TrustManager;

/// Opens a way through a proxy.
public final class ProxyTunnel {
  /// More than DNS has: what is looked up is the proxy's business. Less than would be part of the
  /// request's syntax: hosts come from a control server, too.
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,255}");

  private ProxyTunnel() {}

  /// Asks the proxy that an open channel leads to for a connection to a host. When the future
  /// succeeds the channel leads to the host, and the listeners of the future add what is to speak
  /// with it; when it fails, with a [ProxyException], the channel is closed.
  ///
  /// @param trust whom to believe about the proxy's name, where it is spoken to in TLS
  /// @param host a name, which the proxy looks up, or an address; with anything else the proxy is
  ///   told nothing
  public static Future<Void> open(
      Channel channel, HttpProxy proxy, X509TrustManager trust, String host, int port) {
    Promise<Void> opened = channel.eventLoop().newPromise();
    String bare =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    if (!NAME.matcher(bare).matches() && Ip.tryParse(bare).isEmpty()) {
      channel.close();
      String shown = ConnectHandshake.printable(host);
      return opened.setFailure(
          new ProxyException(
              "the proxy " + proxy + " is not asked: no host is called \"" + shown + "\""));
    }
    try {
      if (proxy.tls()) {
        SslContext context =
            SslContextBuilder.forClient()
                .sslProvider(TlsProvider.best())
                .trustManager(trust)
                .endpointIdentificationAlgorithm("HTTPS")
                .build();
        try {
          channel
              .pipeline()
              .addLast(context.newHandler(channel.alloc(), proxy.host(), proxy.port()));
        } finally {
          // The handler's engine holds what it needs.
          ReferenceCountUtil.release(context);
        }
      }
      channel
          .pipeline()
          .addLast(new ConnectHandshake(proxy, HttpProxy.authority(bare, port), opened));
    } catch (SSLException e) {
      channel.close();
      opened.tryFailure(new ProxyException("no TLS with the proxy " + proxy));
    }
    return opened;
  }
}
