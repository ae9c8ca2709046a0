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
  /// The serial number of [#RENEWED].
  private static final int RENEWED_SERIAL = 4711;

  private static final String CERTIFICATE =
      """
      -----BEGIN CERTIFICATE-----
      MIIBizCCATGgAwIBAgIUCJeSnOOo3dq2GOyQ/DtUv4T+lTAwCgYIKoZIzj0EAwIw
      GjEYMBYGA1UEAwwPdnBuLmV4YW1wbGUuY29tMCAXDTI2MTEyNDEyNDUwOVoYDzIx
      MjYxMDMxMTI0NTA5WjAaMRgwFgYDVQQDDA92cG4uZXhhbXBsZS5jb20wWTATBgcq
      hkjOPQIBBggqhkjOPQMBBwNCAATKJBwn4gB6I75dFmbbfATunmzzE13QvSHs8xf+
      ncwfS9iFCMMkrr2OPEM5AeMGZ7lMHFN/4EnOhFOmQjryg7Gfo1MwUTAdBgNVHQ4E
      FgQU8HHt4csjzlXye295Y1nR9dT/wvIwHwYDVR0jBBgwFoAU8HHt4csjzlXye295
      Y1nR9dT/wvIwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiAS+XXo
      fjBnrj5hpVZiXzkrzIoap3jS1flIWpG6l7A78wIhANK7Wqb9eyDt0LnrPvVeqLoL
      9EZ8cH4ojqNiYs00Qn0G
      -----END CERTIFICATE-----
      """;

  private static final String KEY =
      """
      -----BEGIN PRIVATE KEY-----
      MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQggvHvm5JL1GoM8D2V
      NutV6bmoh+cNO3k3rpE3DxEwV1mhRANCAATKJBwn4gB6I75dFmbbfATunmzzE13Q
      vSHs8xf+ncwfS9iFCMMkrr2OPEM5AeMGZ7lMHFN/4EnOhFOmQjryg7Gf
      -----END PRIVATE KEY-----
      """;

  private static final String RENEWED =
      """
      -----BEGIN CERTIFICATE-----
      MIIBeTCCAR+gAwIBAgICEmcwCgYIKoZIzj0EAwIwGjEYMBYGA1UEAwwPdnBuLmV4
      YW1wbGUuY29tMCAXDTI2MTEyNDE2NTM0MloYDzIxMjYxMDMxMTY1MzQyWjAaMRgw
      FgYDVQQDDA92cG4uZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
      AAQ5AgN1j5u3W/2XFmYXRpD1XT9W4Rl+InoFg9w5Bar08FJaYdxJrn0NsgIGViv2
      CJuCSWJaPgd6qwsBgLU/BwSDo1MwUTAdBgNVHQ4EFgQUTA8Xbs8QzhWdh7yCRNAc
      gSXD3YowHwYDVR0jBBgwFoAUTA8Xbs8QzhWdh7yCRNAcgSXD3YowDwYDVR0TAQH/
      BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAgbW+/5hSDtAzwQUz2HtgP/JD6bcx
      WXbrDXySCz1cGYMCICeAe6fkUZkriDZsDDLDakjVfktpgiczTkO2ptUfwujL
      -----END CERTIFICATE-----
      """;

  private static final String RENEWED_KEY =
      """
      -----BEGIN PRIVATE KEY-----
      MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqunbtZHdee6N9hFu
      t7KWUbb8xpR5tow91RFaW18xJk6hRANCAAQ5AgN1j5u3W/2XFmYXRpD1XT9W4Rl+
      InoFg9w5Bar08FJaYdxJrn0NsgIGViv2CJuCSWJaPgd6qwsBgLU/BwSD
      -----END PRIVATE KEY-----
      """;

  @TempDir Path dir;
  private ControlSettings.Tls files;

  @BeforeEach
  void write() throws IOException {
    files = new ControlSettings.Tls(dir.resolve("crt"), dir.resolve("key"));
    Files.writeString(files.certificate(), CERTIFICATE);
    Files.writeString(files.key(), KEY);
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
      assertNotEquals(RENEWED_SERIAL, serial(server));
      Files.writeString(files.key(), RENEWED_KEY);
      Files.writeString(files.certificate(), RENEWED);
      while (serial(server) != RENEWED_SERIAL) {
        Thread.sleep(Duration.ofMillis(100));
      }
    }
  }

  @Test
  void aPairThatDoesNotFitChangesNothingUntilItDoes() throws Exception {
    CurrentTls tls = new CurrentTls(files);
    SslContext before = tls.get();
    Files.writeString(files.certificate(), RENEWED);
    tls.refresh();
    tls.refresh();
    assertEquals(before, tls.get());
    Files.writeString(files.key(), RENEWED_KEY);
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
