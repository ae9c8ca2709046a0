package dev.weft.transport.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Whom this machine trusts: the certificates that `SSL_CERT_FILE` names and the system's bundle;
/// if there are none, the JDK's.
///
/// An administrator who adds a private authority to a machine expects every program to honour it,
/// and the JDK alone would not.
public final class SystemTrust {
  /// The environment variable with one more file, as in Go and OpenSSL programs.
  public static final String CERT_FILE = "SSL_CERT_FILE";

  /// Debian, Fedora, openSUSE, RHEL, Alpine; the first that exists is the system's.
  private static final List<String> BUNDLES =
      List.of(
          "etc/ssl/certs/ca-certificates.crt",
          "etc/pki/tls/certs/ca-bundle.crt",
          "etc/ssl/ca-bundle.pem",
          "etc/pki/tls/cacert.pem",
          "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
          "etc/ssl/cert.pem");

  private static final Pattern PEM =
      Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----", Pattern.DOTALL);

  private SystemTrust() {}

  /// Reads the trust of this machine; costs some hundred milliseconds, so keep it.
  ///
  /// @throws IOException when `SSL_CERT_FILE` names a file that cannot be read or holds no
  ///   certificate
  public static X509ExtendedTrustManager load() throws IOException {
    return load(System.getenv(), Path.of("/"));
  }

  /// [#load()] with another environment and another root folder.
  static X509ExtendedTrustManager load(Map<String, String> environment, Path root)
      throws IOException {
    Set<X509Certificate> certificates = new LinkedHashSet<>();
    String extra = environment.getOrDefault(CERT_FILE, "");
    if (!extra.isEmpty()) {
      List<X509Certificate> named = read(Path.of(extra));
      if (named.isEmpty()) {
        throw new IOException(CERT_FILE + " names " + extra + ", which holds no certificate");
      }
      certificates.addAll(named);
    }
    for (String bundle : BUNDLES) {
      if (Files.isReadable(root.resolve(bundle))) {
        certificates.addAll(read(root.resolve(bundle)));
        break;
      }
    }
    return certificates.isEmpty() ? managerOf(null) : managerOf(keyStore(certificates));
  }

  /// Trusts these certificates alone.
  public static X509ExtendedTrustManager of(List<X509Certificate> authorities) {
    try {
      return managerOf(keyStore(new LinkedHashSet<>(authorities)));
    } catch (IOException e) {
      throw new IllegalStateException("certificates in memory need no file", e);
    }
  }

  /// Bundles have comments between certificates, and now and then one that Java does not accept;
  /// that one is passed over.
  private static List<X509Certificate> read(Path bundle) throws IOException {
    String text = Files.readString(bundle, StandardCharsets.ISO_8859_1);
    List<X509Certificate> certificates = new ArrayList<>();
    Matcher pem = PEM.matcher(text);
    while (pem.find()) {
      X509Certificate certificate = parse(pem.group());
      if (certificate != null) {
        certificates.add(certificate);
      }
    }
    return certificates;
  }

  private static @Nullable X509Certificate parse(String pem) {
    byte[] bytes = pem.getBytes(StandardCharsets.ISO_8859_1);
    try (InputStream in = new ByteArrayInputStream(bytes)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    } catch (CertificateException | IOException e) {
      return null;
    }
  }

  private static KeyStore keyStore(Set<X509Certificate> certificates) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      int n = 0;
      for (X509Certificate certificate : certificates) {
        store.setCertificateEntry("authority-" + n++, certificate);
      }
      return store;
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot keep trusted certificates", e);
    }
  }

  private static X509ExtendedTrustManager managerOf(@Nullable KeyStore store) throws IOException {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager extended) {
          return extended;
        }
      }
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot load trusted certificates", e);
    }
    throw new IOException("this Java platform has no X.509 trust manager");
  }
}
