package dev.weft.transport.tls;

import static dev.weft.transport.tls.TestCertificate.dns;
import static dev.weft.transport.tls.TestCertificate.ip;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;

class CertificateNamesTest {
  @Test
  void aNameMatchesInAnyCaseAndWithATrailingDot() {
    X509Certificate certificate = TestCertificate.of("x", dns("Relay.Example"));

    assertTrue(CertificateNames.match(certificate, "relay.example"));
    assertTrue(CertificateNames.match(certificate, "RELAY.example."));
    assertFalse(CertificateNames.match(certificate, "other.example"));
    assertFalse(CertificateNames.match(certificate, "a.relay.example"));
  }

  @Test
  void aWildcardStandsForOneLabel() {
    X509Certificate certificate = TestCertificate.of("x", dns("*.example.com"));

    assertTrue(CertificateNames.match(certificate, "relay.example.com"));
    assertFalse(CertificateNames.match(certificate, "a.relay.example.com"));
    assertFalse(CertificateNames.match(certificate, "example.com"));
    assertFalse(CertificateNames.match(certificate, ".example.com"));
  }

  @Test
  void aWildcardDoesNotStandForAWholeTopLevelDomain() {
    X509Certificate certificate = TestCertificate.of("x", dns("*.example"));

    assertFalse(CertificateNames.match(certificate, "relay.example"));
  }

  @Test
  void anAddressMatchesAnAddressAndNoName() {
    X509Certificate certificate =
        TestCertificate.of("x", ip("192.0.2.7"), ip("2001:db8::7"), dns("198.51.100.1"));

    assertTrue(CertificateNames.match(certificate, "192.0.2.7"));
    assertTrue(CertificateNames.match(certificate, "2001:db8:0::7"));
    assertFalse(CertificateNames.match(certificate, "192.0.2.8"));
    assertFalse(CertificateNames.match(certificate, "198.51.100.1"));
  }

  @Test
  void theCommonNameHasNoSay() {
    assertFalse(CertificateNames.match(TestCertificate.of("relay.example"), "relay.example"));
  }
}
