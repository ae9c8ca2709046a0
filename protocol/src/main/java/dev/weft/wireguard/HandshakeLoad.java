package dev.weft.wireguard;

import dev.weft.base.Bytes;
import java.util.LinkedHashMap;
import java.util.Map;

/// Decides when handshakes cost too much, and limits them per host when they do.
///
/// wireguard-go counts its queue of unprocessed handshakes. A core has no queue, so the measure
/// here is how many came in the last second: 128, the same number, is a tenth of a core spent on
/// curve operations. The state lasts a second, as there (`docs/protocol/dataplane.md` §1.3).
final class HandshakeLoad {
  private static final long SECOND = 1_000_000_000L;
  private static final int UNDER_LOAD_PER_SECOND = 128;

  /// ratelimiter.go of wireguard-go: 20 a second, 5 at once.
  private static final long TOKEN = SECOND / 20;

  private static final long FULL = 5 * TOKEN;
  private static final int MAX_HOSTS = 4096;

  /// Handshakes a second, under load, of sources that are expected but have shown no cookie.
  private static final int MAX_EXPECTED_PER_SECOND = UNDER_LOAD_PER_SECOND / 2;

  private final Map<Bytes, Bucket> buckets = bounded();

  /// Of their own: whoever forges the address of a peer must not use up the tokens that the peer
  /// has with a cookie.
  private final Map<Bytes, Bucket> expected = bounded();

  private int expectedInWindow;
  private long windowStart;
  private int inWindow;
  private long underLoadUntil = Long.MIN_VALUE;

  /// Counts a handshake message with a valid first MAC. True while there are too many.
  boolean isUnderLoad(long now) {
    if (now - windowStart >= SECOND) {
      windowStart = now;
      inWindow = 0;
      expectedInWindow = 0;
    }
    if (++inWindow >= UNDER_LOAD_PER_SECOND) {
      underLoadUntil = now + SECOND;
    }
    return now < underLoadUntil;
  }

  /// Takes a token of the host's, if there is one. For hosts that have shown a cookie.
  boolean allow(long now, Bytes host) {
    return take(buckets, now, host);
  }

  /// The same for a host without a cookie that a peer may be behind. A peer that knows nothing of
  /// the load would otherwise lose the five seconds until it tries again.
  boolean allowExpected(long now, Bytes host) {
    if (expectedInWindow >= MAX_EXPECTED_PER_SECOND || !take(expected, now, host)) {
      return false;
    }
    expectedInWindow++;
    return true;
  }

  private static boolean take(Map<Bytes, Bucket> buckets, long now, Bytes host) {
    Bucket bucket = buckets.get(host);
    if (bucket == null) {
      buckets.put(host, new Bucket(now));
      return true;
    }
    return bucket.take(now);
  }

  private static Map<Bytes, Bucket> bounded() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1;

      @Override
      protected boolean removeEldestEntry(Map.Entry<Bytes, Bucket> eldest) {
        return size() > MAX_HOSTS;
      }
    };
  }

  private static final class Bucket {
    private long tokens = FULL - TOKEN;
    private long refilled;

    Bucket(long now) {
      refilled = now;
    }

    boolean take(long now) {
      tokens = Math.min(FULL, tokens + (now - refilled));
      refilled = now;
      if (tokens < TOKEN) {
        return false;
      }
      tokens -= TOKEN;
      return true;
    }
  }
}
