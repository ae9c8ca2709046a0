package dev.weft.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A certificate that is renewed while the control plane runs.
@Timeout(60)
final class RenewedCertificateTest {
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
    try (ControlServer server = ControlServer.start(settings())) {
      assertNotEquals(TestCertificates.RENEWED_SERIAL, serial(server));
      Files.writeString(files.key(), TestCertificates.RENEWED_KEY);
      Files.writeString(files.certificate(), TestCertificates.RENEWED);
      server.tick(); // its ticker does too: one look more or less changes nothing
      server.tick();
      assertEquals(TestCertificates.RENEWED_SERIAL, serial(server));
    }
  }

  /// Time is asked for by what is done every second, on the thread that does it.
  @Test
  void itsTickerAsksForIt() throws Exception {
    Thread test = Thread.currentThread();
    Semaphore rounds = new Semaphore(0);
    InstantSource clock =
        () -> {
          if (Thread.currentThread() != test) {
            rounds.release();
          }
          return Instant.now();
        };
    try (ControlServer server = ControlServer.start(settings(), clock)) {
      Files.writeString(files.key(), TestCertificates.RENEWED_KEY);
      Files.writeString(files.certificate(), TestCertificates.RENEWED);
      rounds.drainPermits();
      rounds.acquire(3); // it looks twice; of the third the certificate may not have had its turn
      assertEquals(TestCertificates.RENEWED_SERIAL, serial(server));
    }
  }

  @Test
  void aPairThatDoesNotFitChangesNothingUntilItDoes() throws Exception {
    try (ControlServer server = ControlServer.start(settings())) {
      int before = serial(server);
      Files.writeString(files.certificate(), TestCertificates.RENEWED);
      server.tick();
      server.tick();
      assertEquals(before, serial(server));
      Files.writeString(files.key(), TestCertificates.RENEWED_KEY);
      server.tick();
      server.tick();
      assertEquals(TestCertificates.RENEWED_SERIAL, serial(server));
    }
  }

  private ControlSettings settings() {
    return ControlSettings.builder()
        .stateDir(dir.resolve("state"))
        .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .url(URI.create("https://vpn.example.com"))
        .derpMap(ControlServerTest.derpMap())
        .tls(files)
        .build();
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
