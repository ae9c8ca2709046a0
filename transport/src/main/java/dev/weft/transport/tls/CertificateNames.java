package dev.weft.transport.tls;

import dev.weft.base.Ip;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Whether a certificate is for a host, by its subject alternative names alone (RFC 9525 §6: the
/// common name has no say).
public final class CertificateNames {
  // RFC 5280 §4.2.1.6, the tags of GeneralName.
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;

  private CertificateNames() {}

  /// @param host a DNS name or an address, without port or brackets
  public static boolean match(X509Certificate certificate, String host) {
    Optional<Ip> address = Ip.tryParse(host);
    for (List<?> name : alternativeNames(certificate)) {
      int type = (Integer) name.get(0);
      if (address.isPresent()) {
        if (type == IP_ADDRESS
            && name.get(1) instanceof String text
            && Ip.tryParse(text).equals(address)) {
          return true;
        }
      } else if (type == DNS_NAME
          && name.get(1) instanceof String pattern
          && matchesDns(normal(pattern), normal(host))) {
        return true;
      }
    }
    return false;
  }

  private static Collection<List<?>> alternativeNames(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null ? List.of() : names;
    } catch (CertificateParsingException e) {
      return List.of();
    }
  }

  private static String normal(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  /// RFC 9525 §6.3: a wildcard stands for the whole leftmost label and for nothing else.
  private static boolean matchesDns(String pattern, String host) {
    if (host.isEmpty()) {
      return false;
    }
    if (!pattern.startsWith("*.")) {
      return pattern.equals(host);
    }
    int dot = host.indexOf('.');
    String parent = pattern.substring(2);
    return dot > 0 && parent.indexOf('.') > 0 && host.substring(dot + 1).equals(parent);
  }
}
