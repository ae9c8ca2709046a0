package dev.weft.transport.derp;

import dev.weft.keys.NodeKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The certificate that certifies nothing: a relay puts it behind its chain to tell its DERP key in
/// the TLS handshake (`docs/protocol/dataplane.md §5.2`).
///
/// Its common name is `derpkey` and the key, its serial number the protocol version. TLS 1.3 signs
/// the whole certificate message with the leaf's key, so the name is as trustworthy as the leaf.
public final class MetaCertificate {
  /// What its common name begins with; 64 hex digits follow.
  public static final String NAME_PREFIX = "derpkey";

  private static final Pattern COMMON_NAME =
      Pattern.compile("(?i)(?:^|,)CN=" + NAME_PREFIX + "([0-9a-f]{64})(?:,|$)");

  private MetaCertificate() {}

  /// Whether this is such a certificate, which verification passes over.
  public static boolean isMeta(X509Certificate certificate) {
    return commonName(certificate).find();
  }

  /// The relay's key, if the chain that it presented tells it.
  public static Optional<NodeKey> relayKey(Certificate[] chain) {
    // The leaf is never it: it has to be a real certificate.
    for (int i = 1; i < chain.length; i++) {
      if (chain[i] instanceof X509Certificate certificate && hasKnownVersion(certificate)) {
        Matcher name = commonName(certificate);
        if (name.find()) {
          return NodeKey.tryParse("nodekey:" + name.group(1).toLowerCase(Locale.ROOT));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean hasKnownVersion(X509Certificate certificate) {
    return certificate.getSerialNumber().signum() > 0
        && certificate.getSerialNumber().bitLength() <= 8;
  }

  private static Matcher commonName(X509Certificate certificate) {
    return COMMON_NAME.matcher(certificate.getSubjectX500Principal().getName());
  }
}
