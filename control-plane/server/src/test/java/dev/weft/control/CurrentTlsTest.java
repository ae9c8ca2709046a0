package dev.weft.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A certificate that is renewed while the control plane runs.
@Timeout(60)
final class CurrentTlsTest {
  @TempDir Path dir;
  private ControlSettings.Tls files;

  @BeforeEach
  void write() throws IOException {
    files = new ControlSettings.Tls(dir.resolve("crt"), dir.resolve("key"));
    Files.writeString(files.certificate(), TestCertificates.CERTIFICATE);
    Files.writeString(files.key(), TestCertificates.KEY);
  }

  @Test
  void newConnectionsGetTheRenewedCertificate() throws Exception {
    ControlSettings settings =
        ControlSettings.builder()
            .stateDir(dir.resolve("state"))
            .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .url(URI.create("https://vpn.example.com"))
            .derpMap(ControlServerTest.derpMap())
            .tls(files)
            .build();
    try (ControlServer server = ControlServer.start(settings)) {
      assertNotEquals(TestCertificates.RENEWED_SERIAL, serial(server));
      Files.writeString(files.key(), TestCertificates.RENEWED_KEY);
      Files.writeString(files.certificate(), TestCertificates.RENEWED);
      while (serial(server) != TestCertificates.RENEWED_SERIAL) {
        Thread.sleep(Duration.ofMillis(100)); // the files are looked at once a second
      }
    }
  }

  @Test
  void aPairThatDoesNotFitChangesNothingUntilItDoes() throws Exception {
    CurrentTls tls = new CurrentTls(files);
    SslContext before = tls.get();
    Files.writeString(files.certificate(), TestCertificates.RENEWED);
    tls.refresh();
    tls.refresh();
    assertEquals(before, tls.get());
    Files.writeString(files.key(), TestCertificates.RENEWED_KEY);
    tls.refresh();
    assertEquals(before, tls.get(), "it may still be written");
    tls.refresh();
    assertNotEquals(before, tls.get());
  }

  private static int serial(ControlServer server) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), new SecureRandom());
    try (SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(server.address().getAddress(), server.address().getPort())) {
      socket.startHandshake();
      return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
          .getSerialNumber()
          .intValue();
    }
  }
}
