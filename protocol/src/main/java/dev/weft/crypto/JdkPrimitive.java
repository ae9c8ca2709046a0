package dev.weft.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// The JDK's cipher. It is initialised anew for every message, and there is one per direction: a
/// `Cipher` refuses to seal twice with one nonce, and one that failed to open stays unusable until
/// its next `init`.
final class JdkPrimitive implements Primitive {
  private static final String TRANSFORMATION = "ChaCha20-Poly1305";

  private final SecretKeySpec key;
  private final Cipher sealing;
  private final Cipher opening;

  JdkPrimitive(byte[] key) {
    this.key = new SecretKeySpec(key, "ChaCha20");
    try {
      sealing = Cipher.getInstance(TRANSFORMATION);
      opening = Cipher.getInstance(TRANSFORMATION);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + TRANSFORMATION, e);
    }
  }

  @Override
  public void seal(
      byte[] nonce, byte[] ad, byte[] in, int offset, int length, byte[] out, int outOffset) {
    try {
      sealing.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(nonce));
      sealing.updateAAD(ad);
      sealing.doFinal(in, offset, length, out, outOffset);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing failed", e);
    }
  }

  @Override
  public boolean open(
      byte[] nonce, byte[] ad, byte[] in, int offset, int length, byte[] out, int outOffset) {
    try {
      opening.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(nonce));
      opening.updateAAD(ad);
      opening.doFinal(in, offset, length, out, outOffset);
      return true;
    } catch (AEADBadTagException _) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("opening failed", e);
    }
  }
}
