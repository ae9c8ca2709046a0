package dev.weft.stun;

import dev.weft.base.Entropy;

/// The 96 bits that pair a response with its request (RFC 8489 §5).
public record TransactionId(int high, long low) {

  public static TransactionId random(Entropy entropy) {
    byte[] b = entropy.bytes(Stun.TRANSACTION_ID_LENGTH);
    return read(b, 0);
  }

  static TransactionId read(byte[] b, int at) {
    return new TransactionId(Stun.int32(b, at), Stun.int64(b, at + 4));
  }

  void write(byte[] b, int at) {
    Stun.putInt32(b, at, high);
    Stun.putInt64(b, at + 4, low);
  }
}
