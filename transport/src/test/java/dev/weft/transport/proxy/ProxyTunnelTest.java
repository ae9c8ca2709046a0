package dev.weft.transport.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.ConnectProxy;
import dev.weft.transport.tls.SystemTrust;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Through a proxy on loopback to a server that says what it hears.
@Timeout(30)
class ProxyTunnelTest {
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

  @AfterEach
  void stop() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void bytesPassBothWaysThroughAProxyInTheClear() throws Exception {
    try (ServerSocket echo = echo();
        ConnectProxy proxy = ConnectProxy.onLoopback()) {
      proxy.demand("user:pass word");

      say(proxy.url().replace("//", "//user:pass%20word@"), List.of(), echo, "hello");

      assertEquals("hello", heard.poll(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void bytesPassBothWaysThroughAProxyInTls() throws Exception {
    Identity identity = Identity.of("localhost");
    try (ServerSocket echo = echo();
        ConnectProxy proxy = new ConnectProxy(identity.listen())) {
      String url = "https://localhost:" + proxy.address().getPort();

      say(url, List.of(identity.certificate()), echo, "hello");

      assertEquals("hello", heard.poll(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void aProxyWhoseNameNobodyVouchesForIsToldNothing() throws Exception {
    Identity identity = Identity.of("another.example");
    try (ServerSocket echo = echo();
        ConnectProxy proxy = new ConnectProxy(identity.listen())) {
      String url = "https://user:secret@localhost:" + proxy.address().getPort();

      for (List<X509Certificate> trusted :
          List.of(List.of(identity.certificate()), List.<X509Certificate>of())) {
        Future<Void> opened = open(url, trusted, echo);
        assertTrue(opened.await(10, TimeUnit.SECONDS));
        String message = opened.cause().getMessage();
        assertTrue(message.contains("does not speak TLS with us"), message);
        assertFalse(message.contains("secret"), message);
      }
      assertEquals(List.of(), proxy.requests());
    }
  }

  private void say(String url, List<X509Certificate> trusted, ServerSocket to, String text)
      throws Exception {
    Future<Void> opened = open(url, trusted, to);
    assertTrue(opened.await(10, TimeUnit.SECONDS));
    assertTrue(opened.isSuccess(), () -> String.valueOf(opened.cause()));
    channel.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
  }

  private Channel channel;

  private Future<Void> open(String url, List<X509Certificate> trusted, ServerSocket to)
      throws Exception {
    HttpProxy proxy = HttpProxy.parse(url);
    channel =
        new Bootstrap()
            .group(loops)
            .channel(NioSocketChannel.class)
            .handler(new ChannelInboundHandlerAdapter())
            .connect(proxy.host(), proxy.port())
            .sync()
            .channel();
    Future<Void> opened =
        ProxyTunnel.open(channel, proxy, SystemTrust.of(trusted), "127.0.0.1", to.getLocalPort());
    opened.addListener(_ ->
        channel
            .pipeline()
            .addLast(
                new SimpleChannelInboundHandler<ByteBuf>() {
                  @Override
                  protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
                    heard.add(bytes.toString(StandardCharsets.US_ASCII));
                  }
                }));
    return opened;
  }

  private static ServerSocket echo() throws IOException {
    ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    Thread.ofVirtual()
        .start(() -> {
          try (Socket client = listener.accept()) {
            client.getInputStream().transferTo(client.getOutputStream());
          } catch (IOException e) {
            // The test sees that nothing comes back.
          }
        });
    return listener;
  }

  /// A server's certificate, which signs itself.
  private record Identity(X509Certificate certificate, KeyPair pair) {
    static Identity of(String name) throws Exception {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      KeyPair pair = generator.generateKeyPair();
      X500Name self = new X500Name("CN=test");
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              self,
              BigInteger.ONE,
              Date.from(Instant.now().minusSeconds(3600)),
              Date.from(Instant.now().plusSeconds(3600)),
              self,
              pair.getPublic());
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.dNSName, name)));
      return new Identity(
          new JcaX509CertificateConverter()
              .getCertificate(
                  builder.build(
                      new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))),
          pair);
    }

    ServerSocket listen() throws Exception {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      char[] password = new char[0];
      store.setKeyEntry("k", pair.getPrivate(), password, new Certificate[] {certificate});
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, password);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context
          .getServerSocketFactory()
          .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }
  }
}
