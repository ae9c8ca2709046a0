package dev.weft.transport.derp;

import static dev.weft.transport.tls.TestCertificate.dns;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.base.Bytes;
import dev.weft.keys.NodeKey;
import dev.weft.transport.tls.SystemTrust;
import dev.weft.transport.tls.TestCertificate;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RelayTrustTest {
  private static final String HOST = "relay.example";
  private static final NodeKey KEY = new NodeKey(Bytes.fromHex("ab".repeat(32)));

  private final X509Certificate leaf = TestCertificate.of("leaf", dns(HOST));
  private final X509Certificate meta = meta(2);

  @Test
  void thePinnedCertificateIsBelieved() throws Exception {
    check(pin(leaf), leaf);
    check(pin(leaf), leaf, meta);
  }

  @Test
  void aPinInUpperCaseMatchesNothing() throws Exception {
    String upper = sha256(leaf).toUpperCase(Locale.ROOT);

    refuse(new RelayIdentity.Pinned(upper, HOST), leaf);
  }

  @Test
  void anotherCertificateThanThePinnedOneIsRefused() throws Exception {
    refuse(pin(leaf), TestCertificate.of("leaf", dns(HOST)));
    refuse(pin(leaf), meta);
  }

  @Test
  void thePinnedCertificateMustComeAlone() throws Exception {
    refuse(pin(leaf), leaf, TestCertificate.of("another"));
  }

  @Test
  void thePinnedCertificateMustNameTheHostAndBeValidNow() throws Exception {
    X509Certificate elsewhere = TestCertificate.of("leaf", dns("other.example"));
    X509Certificate expired =
        TestCertificate.of("leaf", 7, Instant.now().minus(Duration.ofDays(3)), dns(HOST));

    refuse(pin(elsewhere), elsewhere);
    refuse(pin(expired), expired);
  }

  @Test
  void byNameOnlyAnAuthorityCounts() {
    RelayIdentity named = RelayIdentity.of(HOST, "", false);

    refuse(named, leaf);
    assertDoesNotThrow(() ->
        new RelayTrust(named, SystemTrust.of(List.of(leaf)))
            .checkServerTrusted(new X509Certificate[] {leaf, meta}, "UNKNOWN"));
  }

  @Test
  void whoeverProvesOnlyTheKeyOfAMetaCertificateIsRefused() throws Exception {
    // The relay's own certificates are public: anybody can send them behind one of theirs.
    X509Certificate[] chain = {meta, leaf};

    refuse(pin(leaf), chain);
    refuse(RelayIdentity.of(HOST, "", true), chain);
    assertThrows(
        CertificateException.class,
        () ->
            new RelayTrust(RelayIdentity.of(HOST, "", false), SystemTrust.of(List.of(leaf)))
                .checkServerTrusted(chain, "UNKNOWN"));
  }

  @Test
  void noCertificateAtAllIsRefused() {
    refuse(RelayIdentity.of(HOST, "", true));
  }

  @Test
  void theNameThatTheMapExpectsMayDifferFromTheHost() {
    RelayTrust trust =
        new RelayTrust(
            RelayIdentity.of("front.example", HOST, false), SystemTrust.of(List.of(leaf)));

    assertDoesNotThrow(() -> trust.checkServerTrusted(new X509Certificate[] {leaf}, "UNKNOWN"));
  }

  @Test
  void aTrustedCertificateForAnotherNameIsRefused() {
    RelayTrust trust =
        new RelayTrust(RelayIdentity.of("other.example", "", false), SystemTrust.of(List.of(leaf)));

    assertThrows(
        CertificateException.class,
        () -> trust.checkServerTrusted(new X509Certificate[] {leaf}, "UNKNOWN"));
  }

  @Test
  void forTestsAnythingIsBelieved() throws Exception {
    check(RelayIdentity.of(HOST, "", true), TestCertificate.of("whoever"));
  }

  @Test
  void theRelaysKeyIsReadFromBehindTheLeaf() {
    assertEquals(Optional.of(KEY), MetaCertificate.relayKey(new X509Certificate[] {leaf, meta}));
    assertEquals(Optional.empty(), MetaCertificate.relayKey(new X509Certificate[] {leaf}));
    assertEquals(Optional.empty(), MetaCertificate.relayKey(new X509Certificate[] {meta}));
  }

  @Test
  void aKeyOfAnUnknownKindOfVersionIsNotRead() {
    assertEquals(
        Optional.empty(), MetaCertificate.relayKey(new X509Certificate[] {leaf, meta(256)}));
  }

  private static X509Certificate meta(long version) {
    return TestCertificate.of("derpkey" + KEY.raw().toHex(), version, Instant.now());
  }

  private static RelayIdentity pin(X509Certificate certificate) throws Exception {
    return RelayIdentity.of(HOST, "sha256-raw:" + sha256(certificate), false);
  }

  private static String sha256(X509Certificate certificate) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
  }

  private static void check(RelayIdentity identity, X509Certificate... chain) throws Exception {
    X509Certificate authority = TestCertificate.of("authority");
    new RelayTrust(identity, SystemTrust.of(List.of(authority)))
        .checkServerTrusted(chain, "UNKNOWN");
  }

  private static void refuse(RelayIdentity identity, X509Certificate... chain) {
    assertThrows(CertificateException.class, () -> check(identity, chain));
  }
}
