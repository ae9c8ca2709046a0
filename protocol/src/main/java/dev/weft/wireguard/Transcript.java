package dev.weft.wireguard;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.weft.crypto.Aead;
import dev.weft.crypto.Aeads;
import dev.weft.crypto.Blake2s;
import java.util.Arrays;

/// What both sides of a handshake have computed so far: the chaining key and the hash of
/// `Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s` (`docs/protocol/dataplane.md` §1.1).
///
/// Each AEAD key here seals one message, so that every counter is zero.
final class Transcript {
  private static final byte[] INITIAL_CHAINING_KEY =
      Blake2s.hash("Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s".getBytes(US_ASCII));
  private static final byte[] INITIAL_HASH =
      Blake2s.hash(INITIAL_CHAINING_KEY, "WireGuard v1 zx2c4 Jason@zx2c4.com".getBytes(US_ASCII));
  private static final byte[] NOTHING = {};

  private byte[] chainingKey = INITIAL_CHAINING_KEY.clone();
  private byte[] hash;

  /// The start of every handshake towards one responder.
  Transcript(byte[] responderStatic) {
    hash = Blake2s.hash(INITIAL_HASH, responderStatic);
  }

  private Transcript(Transcript other) {
    chainingKey = other.chainingKey.clone();
    hash = other.hash.clone();
  }

  /// A copy, for a step that may turn out not to count.
  Transcript copy() {
    return new Transcript(this);
  }

  /// An ephemeral public key: into the hash and into the chaining key.
  void mixEphemeral(byte[] publicKey) {
    mixHash(publicKey);
    mixKey(publicKey);
  }

  void mixKey(byte[] input) {
    replaceChainingKey(Blake2s.kdf1(chainingKey, input));
  }

  /// Mixes the result of an agreement, and derives the key of the field that follows.
  byte[] mixKeyForField(byte[] agreement) {
    byte[][] derived = Blake2s.kdf2(chainingKey, agreement);
    replaceChainingKey(derived[0]);
    return derived[1];
  }

  /// Mixes the pre-shared key, and derives the key of the field that follows.
  byte[] mixPresharedKey(byte[] psk) {
    byte[][] derived = Blake2s.kdf3(chainingKey, psk);
    replaceChainingKey(derived[0]);
    mixHash(derived[1]);
    return derived[2];
  }

  /// Seals a field into `out` and takes it into the hash.
  void sealField(byte[] key, byte[] plain, byte[] out, int at) {
    Aeads.best().littleEndian(key).seal(0, hash, plain, 0, plain.length, out, at);
    mixHash(Arrays.copyOfRange(out, at, at + plain.length + Aead.TAG_BYTES));
  }

  /// Opens a field of `plain.length` bytes; false, and the transcript is of no use, when it is not
  /// authentic.
  boolean openField(byte[] key, byte[] in, int at, byte[] plain) {
    byte[] sealed = Arrays.copyOfRange(in, at, at + plain.length + Aead.TAG_BYTES);
    if (!Aeads.best().littleEndian(key).open(0, hash, sealed, 0, sealed.length, plain, 0)) {
      return false;
    }
    mixHash(sealed);
    return true;
  }

  /// The end: the keys of the session. The transcript is wiped.
  TransportKeys split() {
    byte[][] keys = Blake2s.kdf2(chainingKey, NOTHING);
    wipe();
    return new TransportKeys(keys[0], keys[1]);
  }

  void wipe() {
    Arrays.fill(chainingKey, (byte) 0);
    Arrays.fill(hash, (byte) 0);
  }

  private void mixHash(byte[] data) {
    hash = Blake2s.hash(hash, data);
  }

  private void replaceChainingKey(byte[] next) {
    Arrays.fill(chainingKey, (byte) 0);
    chainingKey = next;
  }

  /// The two keys of a session, raw.
  static final class TransportKeys {
    private final byte[] fromInitiator;
    private final byte[] fromResponder;

    TransportKeys(byte[] fromInitiator, byte[] fromResponder) {
      this.fromInitiator = fromInitiator;
      this.fromResponder = fromResponder;
    }

    byte[] send(boolean initiator) {
      return initiator ? fromInitiator : fromResponder;
    }

    byte[] receive(boolean initiator) {
      return initiator ? fromResponder : fromInitiator;
    }

    void wipe() {
      Arrays.fill(fromInitiator, (byte) 0);
      Arrays.fill(fromResponder, (byte) 0);
    }
  }
}
