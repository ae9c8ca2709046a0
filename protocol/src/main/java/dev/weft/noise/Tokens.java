package dev.weft.noise;

/// The tokens that both sides process alike.
final class Tokens {
  private Tokens() {}

  /// `e`. With a pre-shared key anywhere in the pattern the ephemeral key is mixed into the
  /// chaining key as well (Noise §9.2).
  static void mixEphemeral(IkPattern pattern, SymmetricState state, byte[] ephemeral) {
    state.mixHash(ephemeral);
    if (pattern == IkPattern.IKPSK2) {
      state.mixKey(ephemeral);
    }
  }

  /// `psk`.
  static void mixPresharedKey(IkPattern pattern, SymmetricState state, byte[] presharedKey) {
    if (pattern == IkPattern.IKPSK2) {
      state.mixKeyAndHash(presharedKey);
    }
  }

  static byte[] join(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    byte[] joined = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, joined, at, part.length);
      at += part.length;
    }
    return joined;
  }
}
