package dev.weft.transport.derp;

import dev.weft.transport.tls.CertificateNames;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/// Judges a relay's certificates against one [RelayIdentity].
///
/// Meta certificates behind the leaf are taken out before anyone else sees the chain. Never the
/// leaf: its key alone is the one that the relay proved to hold, so what is judged has to be the
/// first certificate. Names are checked here and not by the TLS engine, since the name expected may
/// differ from the one asked for (SNI).
final class RelayTrust extends X509ExtendedTrustManager {
  private final RelayIdentity identity;
  private final X509TrustManager authorities;

  RelayTrust(RelayIdentity identity, X509TrustManager authorities) {
    this.identity = identity;
    this.authorities = authorities;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    if (chain.length == 0) {
      throw new CertificateException("the relay presents no certificate");
    }
    if (MetaCertificate.isMeta(chain[0])) {
      throw new CertificateException("the relay's first certificate is a meta certificate");
    }
    X509Certificate[] real = withoutMeta(chain);
    switch (identity) {
      case RelayIdentity.Named(String name) -> {
        authorities.checkServerTrusted(real, authType);
        requireName(real[0], name);
      }
      case RelayIdentity.Pinned(String sha256, String host) -> checkPinned(real, sha256, host);
      case RelayIdentity.Unchecked _ -> {}
    }
  }

  private static X509Certificate[] withoutMeta(X509Certificate[] chain) {
    return Stream.of(chain)
        .filter(certificate -> !MetaCertificate.isMeta(certificate))
        .toArray(X509Certificate[]::new);
  }

  private static void checkPinned(X509Certificate[] chain, String sha256, String host)
      throws CertificateException {
    if (chain.length != 1) {
      throw new CertificateException("the relay presents more than the pinned certificate");
    }
    if (!HexFormat.of().formatHex(sha256(chain[0].getEncoded())).equals(sha256)) {
      throw new CertificateException("the relay's certificate is not the pinned one");
    }
    requireName(chain[0], host);
    chain[0].checkValidity();
  }

  private static void requireName(X509Certificate leaf, String name) throws CertificateException {
    if (!CertificateNames.match(leaf, name)) {
      throw new CertificateException("the relay's certificate is not for " + name);
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("this is the client's side");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
