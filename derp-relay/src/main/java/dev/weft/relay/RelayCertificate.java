package dev.weft.relay;

import dev.weft.transport.derp.RelayIdentity;
import dev.weft.transport.tls.CertificateNames;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/// The relay's TLS certificate and its key: given in a folder, or made here and kept.
///
/// @param pinned whether clients must be told the certificate itself, since no authority vouches
///   for it
record RelayCertificate(PrivateKey key, List<X509Certificate> chain, boolean pinned) {
  private static final String CERTIFICATE_FILE = "tls.crt";
  private static final String KEY_FILE = "tls.key";

  RelayCertificate {
    chain = List.copyOf(chain);
  }

  /// The files of a certificate in a folder and of its key: `<hostname>.crt` and `<hostname>.key`.
  static List<Path> files(Path folder, String hostname) {
    return List.of(folder.resolve(hostname + ".crt"), folder.resolve(hostname + ".key"));
  }

  /// Reads those, both PEM.
  static RelayCertificate given(Path folder, String hostname) throws RelayException {
    List<Path> files = files(folder, hostname);
    Path certificate = files.getFirst();
    Path key = files.getLast();
    for (Path file : files) {
      if (!Files.isReadable(file)) {
        throw new RelayException(
            ("cannot read %s (--cert-dir needs %s.crt and %s.key; without --cert-dir the relay makes"
                    + " a certificate)")
                .formatted(file, hostname, hostname));
      }
    }
    RelayCertificate read = read(certificate, key, false);
    if (!CertificateNames.match(read.chain.getFirst(), hostname)) {
      throw new RelayException(
          "the certificate in %s is not for %s".formatted(certificate, hostname));
    }
    if (!read.isOneWithItsKey()) {
      throw new RelayException("the key in %s is not that of %s".formatted(key, certificate));
    }
    return read;
  }

  /// The relay's own, made on the first start and again when it has expired or names another host.
  static RelayCertificate own(KeptFiles files, String hostname, Instant wallNow)
      throws RelayException {
    Path certificate = files.path(CERTIFICATE_FILE);
    Path key = files.path(KEY_FILE);
    if (Files.exists(certificate) && Files.exists(key)) {
      RelayCertificate kept = read(certificate, key, true);
      X509Certificate leaf = kept.chain.getFirst();
      // The two files of a new one are not written at once: after a kill they may not fit.
      if (CertificateNames.match(leaf, hostname)
          && kept.isOneWithItsKey()
          && leaf.getNotAfter().toInstant().isAfter(wallNow)) {
        return kept;
      }
    }
    SelfSigned made = SelfSigned.forHost(hostname, wallNow);
    files.write(KEY_FILE, made.keyPem());
    files.write(CERTIFICATE_FILE, made.certificatePem());
    return new RelayCertificate(made.key(), List.of(made.certificate()), true);
  }

  /// What a DERP map says of this certificate; empty when the host's name is enough.
  Optional<String> certName() {
    return pinned
        ? Optional.of(RelayIdentity.PIN_PREFIX + sha256(chain.getFirst()))
        : Optional.empty();
  }

  /// Whether what the key signs is what the certificate vouches for.
  private boolean isOneWithItsKey() {
    PublicKey certified = chain.getFirst().getPublicKey();
    Optional<String> algorithm =
        switch (certified.getAlgorithm()) {
          case "EC" -> Optional.of("SHA256withECDSA");
          case "RSA" -> Optional.of("SHA256withRSA");
          case "EdDSA", "Ed25519" -> Optional.of("Ed25519");
          default -> Optional.empty();
        };
    if (algorithm.isEmpty()) {
      return true; // TLS will tell
    }
    byte[] text = {1};
    try {
      Signature signature = Signature.getInstance(algorithm.get());
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static String sha256(X509Certificate certificate) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      // selfhosted.md part 2 C: official clients compare lower-case digits as text.
      return HexFormat.of().formatHex(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was parsed can be encoded", e);
    }
  }

  private static RelayCertificate read(Path certificate, Path key, boolean pinned)
      throws RelayException {
    return new RelayCertificate(readKey(key), readChain(certificate), pinned);
  }

  private static List<X509Certificate> readChain(Path file) throws RelayException {
    try (var in = Files.newInputStream(file)) {
      Collection<?> all = CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (all.isEmpty()) {
        throw new RelayException(file + " holds no certificate");
      }
      return all.stream().map(X509Certificate.class::cast).toList();
    } catch (IOException | CertificateException e) {
      throw new RelayException("cannot read a certificate from " + file, e);
    }
  }

  /// PKCS #8, or the older forms that OpenSSL writes.
  private static PrivateKey readKey(Path file) throws RelayException {
    try (Reader in = Files.newBufferedReader(file);
        PEMParser pem = new PEMParser(in)) {
      JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
      for (Object object = pem.readObject(); object != null; object = pem.readObject()) {
        if (object instanceof PrivateKeyInfo info) {
          return converter.getPrivateKey(info);
        }
        if (object instanceof PEMKeyPair pair) {
          return converter.getKeyPair(pair).getPrivate();
        }
      }
      throw new RelayException(file + " holds no unencrypted private key");
    } catch (IOException e) {
      throw new RelayException("cannot read a private key from " + file, e);
    }
  }
}
