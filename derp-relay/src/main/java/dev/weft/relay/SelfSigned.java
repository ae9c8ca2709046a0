package dev.weft.relay;

import dev.weft.base.Ip;
import dev.weft.derp.ClientInfo;
import dev.weft.keys.NodeKey;
import dev.weft.transport.derp.MetaCertificate;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Makes certificates that sign themselves.
record SelfSigned(PrivateKey key, X509Certificate certificate) {
  /// Long, since a new certificate means a new pin in every node's map. Clients check it all the
  /// same.
  private static final Duration VALIDITY = Duration.ofDays(3650);

  /// Clocks of clients may be behind.
  private static final Duration BACKDATED = Duration.ofDays(1);

  /// As derper's: the certificate is never verified.
  private static final Duration META_VALIDITY = Duration.ofDays(30);

  private static final int SERIAL_BITS = 127;

  /// A TLS server certificate for a name or an address. Clients look at the alternative names
  /// alone.
  static SelfSigned forHost(String hostname, Instant wallNow) throws RelayException {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      int kind = Ip.tryParse(hostname).isPresent() ? GeneralName.iPAddress : GeneralName.dNSName;
      X509v3CertificateBuilder builder =
          builder(
                  hostname,
                  new BigInteger(SERIAL_BITS, new SecureRandom()).add(BigInteger.ONE),
                  wallNow.minus(BACKDATED),
                  wallNow.plus(VALIDITY),
                  pair)
              .addExtension(
                  Extension.subjectAlternativeName,
                  false,
                  new GeneralNames(new GeneralName(kind, hostname)))
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
              .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
              .addExtension(
                  Extension.extendedKeyUsage,
                  false,
                  new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
      return new SelfSigned(pair.getPrivate(), sign(builder, pair, "SHA256withECDSA"));
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new RelayException("cannot make a certificate for " + hostname, e);
    }
  }

  /// The relay's [MetaCertificate].
  static X509Certificate meta(NodeKey relay, Instant wallNow) throws RelayException {
    try {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      X509v3CertificateBuilder builder =
          builder(
                  MetaCertificate.NAME_PREFIX + relay.raw().toHex(),
                  BigInteger.valueOf(ClientInfo.PROTOCOL_VERSION),
                  wallNow.minus(META_VALIDITY),
                  wallNow.plus(META_VALIDITY),
                  pair)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      return sign(builder, pair, "Ed25519");
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new RelayException("cannot make the certificate that tells the relay's key", e);
    }
  }

  String keyPem() throws RelayException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
      pem.writeObject(new JcaPKCS8Generator(key, null));
    } catch (IOException e) {
      throw new RelayException("cannot write the certificate's key as text", e);
    }
    return text.toString();
  }

  String certificatePem() throws RelayException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
      pem.writeObject(certificate);
    } catch (IOException e) {
      throw new RelayException("cannot write the certificate as text", e);
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return "SelfSigned[" + certificate.getSubjectX500Principal() + "]";
  }

  private static X509v3CertificateBuilder builder(
      String name, BigInteger serial, Instant from, Instant to, KeyPair pair) {
    // Not by the parser of names: it refuses more than 64 characters, and the meta certificate has
    // 71.
    RDN commonName = new RDN(BCStyle.CN, new DERUTF8String(name));
    X500Name self = new X500Name(new RDN[] {commonName});
    return new JcaX509v3CertificateBuilder(
        self, serial, Date.from(from), Date.from(to), self, pair.getPublic());
  }

  private static X509Certificate sign(
      X509v3CertificateBuilder builder, KeyPair pair, String algorithm)
      throws OperatorCreationException, GeneralSecurityException {
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder(algorithm).build(pair.getPrivate())));
  }
}
