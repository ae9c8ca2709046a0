package dev.weft.crypto;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// The implementations of ChaCha20-Poly1305 that work in this process, fastest first.
///
/// libcrypto is left out when the launcher did not allow native access (asking would print a
/// warning on stderr), when the library is not installed, and when it does not answer a known
/// vector rightly.
public final class Aeads {
  private static final List<AeadProvider> USABLE = usable();

  private Aeads() {}

  /// The fastest.
  public static AeadProvider best() {
    return USABLE.getFirst();
  }

  /// All, fastest first; never empty.
  public static List<AeadProvider> all() {
    return USABLE;
  }

  private static List<AeadProvider> usable() {
    AeadProvider jdk = new AeadProvider("jdk", JdkPrimitive::new);
    return libcrypto().map(fast -> List.of(fast, jdk)).orElse(List.of(jdk));
  }

  private static Optional<AeadProvider> libcrypto() {
    if (!Aeads.class.getModule().isNativeAccessEnabled()) {
      return Optional.empty();
    }
    try {
      AeadProvider provider = new AeadProvider("libcrypto", LibcryptoPrimitive::new);
      return SelfTest.passes(provider) ? Optional.of(provider) : Optional.empty();
    } catch (ExceptionInInitializerError | IllegalStateException _) {
      // Not installed, not allowed, another ABI, or a platform without a linker: the JDK's serves.
      return Optional.empty();
    }
  }

  /// Runs before a provider is trusted with a packet.
  static final class SelfTest {
    private static final HexFormat HEX = HexFormat.of();

    // RFC 8439 §2.8.2
    private static final byte[] KEY =
        HEX.parseHex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
    private static final byte[] NONCE = HEX.parseHex("070000004041424344454647");
    private static final byte[] DATA = HEX.parseHex("50515253c0c1c2c3c4c5c6c7");
    private static final byte[] PLAIN =
        HEX.parseHex(
            "4c616469657320616e642047656e746c656d656e206f662074686520636c6173"
                + "73206f66202739393a204966204920636f756c64206f6666657220796f75206f"
                + "6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73"
                + "637265656e20776f756c642062652069742e");
    private static final byte[] SEALED =
        HEX.parseHex(
            "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
                + "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
                + "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
                + "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691");

    private SelfTest() {}

    /// Seals, opens, and refuses a changed tag.
    static boolean passes(AeadProvider provider) {
      Primitive cipher = provider.keyed(KEY);
      byte[] sealed = new byte[SEALED.length];
      cipher.seal(NONCE, DATA, PLAIN, 0, PLAIN.length, sealed, 0);
      byte[] opened = new byte[PLAIN.length];
      boolean opens = cipher.open(NONCE, DATA, SEALED, 0, SEALED.length, opened, 0);
      byte[] forged = SEALED.clone();
      forged[SEALED.length - 1] ^= 1;
      boolean forgeryOpens =
          cipher.open(NONCE, DATA, forged, 0, forged.length, new byte[PLAIN.length], 0);
      return opens
          && !forgeryOpens
          && Arrays.equals(sealed, SEALED)
          && Arrays.equals(opened, PLAIN);
    }
  }
}
