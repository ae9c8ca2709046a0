package dev.weft.transport.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemTrustTest {
  private static final String DEBIAN = "etc/ssl/certs/ca-certificates.crt";
  private static final String FEDORA = "etc/pki/tls/certs/ca-bundle.crt";

  @TempDir Path root;

  private final X509Certificate system = TestCertificate.of("system");
  private final X509Certificate company = TestCertificate.of("company");

  @Test
  void theBundleOfTheSystemIsTrusted() throws IOException {
    write(DEBIAN, "# a comment\n" + TestCertificate.pem(system));

    assertEquals(Set.of(system), trusted(Map.of()));
  }

  @Test
  void theFileThatTheEnvironmentNamesIsTrustedToo() throws IOException {
    write(DEBIAN, TestCertificate.pem(system));
    Path extra = write("company.pem", TestCertificate.pem(company));

    assertEquals(Set.of(system, company), trusted(Map.of("SSL_CERT_FILE", extra.toString())));
  }

  @Test
  void oneBundleIsEnough() throws IOException {
    write(DEBIAN, TestCertificate.pem(system));
    write(FEDORA, TestCertificate.pem(company));

    assertEquals(Set.of(system), trusted(Map.of()));
  }

  @Test
  void whatIsNoCertificateInABundleIsPassedOver() throws IOException {
    String broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    write(FEDORA, broken + TestCertificate.pem(system));

    assertEquals(Set.of(system), trusted(Map.of()));
  }

  @Test
  void withoutAnyTheJdksAreTrusted() throws IOException {
    assertTrue(trusted(Map.of()).size() > 20);
  }

  @Test
  void aNamedFileThatHoldsNoneIsAnErrorThatNamesIt() throws IOException {
    Path empty = write("empty.pem", "nothing");

    IOException e =
        assertThrows(IOException.class, () -> trusted(Map.of("SSL_CERT_FILE", empty.toString())));

    assertTrue(e.getMessage().contains(empty.toString()), e.getMessage());
    assertThrows(IOException.class, () -> trusted(Map.of("SSL_CERT_FILE", root + "/absent")));
  }

  private Set<X509Certificate> trusted(Map<String, String> environment) throws IOException {
    return Set.of(SystemTrust.load(environment, root).getAcceptedIssuers());
  }

  private Path write(String name, String content) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }
}
