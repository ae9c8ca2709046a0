package dev.weft.ts2021;

import dev.weft.base.Bytes;
import dev.weft.crypto.Aead;
import dev.weft.crypto.Aeads;
import dev.weft.noise.TransportKeys;
import org.jspecify.annotations.Nullable;

/// Seals and opens the records of one connection, each direction with a key and a counter of its
/// own.
///
/// The counter is big-endian in the nonce, unlike anywhere else in Noise; its first value looks the
/// same both ways, so only the second record tells a wrong implementation
/// (`docs/protocol/control.md` §2.4).
///
/// One thread at a time per direction.
public final class SecureChannel {
  /// Bytes that fit into one record.
  public static final int MAX_PLAINTEXT_BYTES =
      Frames.MAX_RECORD_BYTES - Frames.HEADER_BYTES - Aead.TAG_BYTES;

  /// The last counter value is never used.
  private static final long RESERVED_COUNTER = -1;

  private final Aead sealing;
  private final Aead opening;
  private final Bytes handshakeHash;
  private long nextSealed;
  private long nextOpened;

  private SecureChannel(byte[] sealingKey, byte[] openingKey, Bytes handshakeHash) {
    this.sealing = Aeads.best().bigEndian(sealingKey);
    this.opening = Aeads.best().bigEndian(openingKey);
    this.handshakeHash = handshakeHash;
  }

  static SecureChannel ofClient(TransportKeys keys) {
    return new SecureChannel(
        keys.initiatorToResponder(), keys.responderToInitiator(), keys.handshakeHash());
  }

  static SecureChannel ofServer(TransportKeys keys) {
    return new SecureChannel(
        keys.responderToInitiator(), keys.initiatorToResponder(), keys.handshakeHash());
  }

  /// Names this connection; equal on both sides.
  public Bytes handshakeHash() {
    return handshakeHash;
  }

  /// The bytes of the record that holds `length` bytes of plaintext.
  public static int recordLength(int length) {
    return Frames.HEADER_BYTES + length + Aead.TAG_BYTES;
  }

  /// Writes the record of up to [#MAX_PLAINTEXT_BYTES] bytes. The plaintext may already lie where
  /// its ciphertext goes, three bytes after `outOffset`.
  ///
  /// @return the bytes of the record
  /// @throws IllegalStateException when the counter has run out
  public int seal(byte[] plain, int offset, int length, byte[] out, int outOffset) {
    if (length > MAX_PLAINTEXT_BYTES) {
      throw new IllegalArgumentException("a record holds no " + length + " bytes");
    }
    if (nextSealed == RESERVED_COUNTER) {
      throw new IllegalStateException("the connection has sent all its records");
    }
    Frames.putHeader(out, outOffset, Frames.RECORD, length + Aead.TAG_BYTES);
    sealing.seal(nextSealed++, plain, offset, length, out, outOffset + Frames.HEADER_BYTES);
    return recordLength(length);
  }

  /// What is wrong with the header of a record, or `null`. Check it as soon as its three bytes are
  /// there: it may announce more than anybody should wait for.
  public static @Nullable Fault checkHeader(byte[] bytes, int offset) {
    if (Frames.type(bytes, offset) != Frames.RECORD) {
      return Fault.UNEXPECTED_TYPE;
    }
    int length = Frames.length(bytes, offset);
    return length > Frames.MAX_RECORD_BYTES || length < recordLength(0) ? Fault.BAD_LENGTH : null;
  }

  /// Opens a record whose header was checked, all of its [Frames#length(byte[], int)] bytes being
  /// there, into that many less [#recordLength(int)] of nothing. The output may be the array itself
  /// from the ciphertext on, three bytes after `offset`.
  ///
  /// @return what is wrong, or `null`
  public @Nullable Fault open(byte[] record, int offset, byte[] out, int outOffset) {
    if (nextOpened == RESERVED_COUNTER) {
      return Fault.EXHAUSTED;
    }
    int sealed = Frames.length(record, offset) - Frames.HEADER_BYTES;
    boolean authentic =
        opening.open(nextOpened++, record, offset + Frames.HEADER_BYTES, sealed, out, outOffset);
    return authentic ? null : Fault.NOT_AUTHENTIC;
  }
}
