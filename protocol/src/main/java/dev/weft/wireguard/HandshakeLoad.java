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

  private final Map<Bytes, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Bytes, Bucket> eldest) {
          return size() > MAX_HOSTS;
        }
      };
  private long windowStart;
  private int inWindow;
  private long underLoadUntil = Long.MIN_VALUE;

  /// Counts a handshake message with a valid first MAC. True while there are too many.
  boolean isUnderLoad(long now) {
    if (now - windowStart >= SECOND) {
      windowStart = now;
      inWindow = 0;
    }
    if (++inWindow >= UNDER_LOAD_PER_SECOND) {
      underLoadUntil = now + SECOND;
    }
    return now < underLoadUntil;
  }

  /// Takes a token of the host's, if there is one.
  boolean allow(long now, Bytes host) {
    Bucket bucket = buckets.get(host);
    if (bucket == null) {
      buckets.put(host, new Bucket(now));
      return true;
    }
    return bucket.take(now);
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
