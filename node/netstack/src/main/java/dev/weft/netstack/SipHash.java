package dev.weft.netstack;

import dev.weft.base.Entropy;

/// SipHash-2-4 over a few longs: a keyed hash that peers cannot predict, for initial sequence
/// numbers (RFC 6528) and for the flow table's buckets.
final class SipHash {
  private final long k0;
  private final long k1;

  SipHash(Entropy entropy) {
    this(entropy.nextLong(), entropy.nextLong());
  }

  SipHash(long k0, long k1) {
    this.k0 = k0;
    this.k1 = k1;
  }

  /// The hash of the 40 bytes that the five words are in little-endian order.
  long hash(long m0, long m1, long m2, long m3, long m4) {
    State s = new State(k0, k1);
    s.absorb(m0);
    s.absorb(m1);
    s.absorb(m2);
    s.absorb(m3);
    s.absorb(m4);
    return s.finish(40L << 56);
  }

  private static final class State {
    private long v0;
    private long v1;
    private long v2;
    private long v3;

    State(long k0, long k1) {
      v0 = k0 ^ 0x736f6d6570736575L;
      v1 = k1 ^ 0x646f72616e646f6dL;
      v2 = k0 ^ 0x6c7967656e657261L;
      v3 = k1 ^ 0x7465646279746573L;
    }

    void absorb(long m) {
      v3 ^= m;
      round();
      round();
      v0 ^= m;
    }

    long finish(long lengthWord) {
      absorb(lengthWord);
      v2 ^= 0xff;
      round();
      round();
      round();
      round();
      return v0 ^ v1 ^ v2 ^ v3;
    }

    private void round() {
      v0 += v1;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v3;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 += v3;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 += v1;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v2 = Long.rotateLeft(v2, 32);
    }
  }
}
