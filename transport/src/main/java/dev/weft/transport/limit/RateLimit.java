package dev.weft.transport.limit;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/// How often each of many may do something: a number at once, and so many a second after that.
///
/// Called on any thread. Remembers those who have not regained all they may do at once, and of them
/// the `max` that did it last; whoever is forgotten begins anew, so it holds back those who repeat
/// themselves, and only a limit of something that costs more than a name holds back those who do
/// not.
///
/// @param <K> who
public final class RateLimit<K> {
  private static final double NANOS_PER_SECOND = 1e9;

  /// Two for each that may be added: what has piled up melts.
  private static final int FORGOTTEN_AT_A_TIME = 2;

  private final double burst;
  private final double perNano;
  private final Map<K, Bucket> buckets;

  /// @param burst how many at once
  /// @param perSecond how many a second after that
  public RateLimit(int burst, double perSecond, int max) {
    this.burst = burst;
    this.perNano = perSecond / NANOS_PER_SECOND;
    this.buckets =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, Bucket> eldest) {
            return size() > max;
          }
        };
  }

  /// Counts one more, unless it is one too many.
  ///
  /// @return how long to wait before trying again; zero when it may be done now
  public synchronized Duration take(K who, long nowNanos) {
    Bucket bucket = buckets.get(who);
    double available = bucket == null ? burst : available(bucket, nowNanos);
    if (available < 1) {
      return Duration.ofNanos((long) Math.ceil((1 - available) / perNano));
    }
    buckets.put(who, new Bucket(available - 1, nowNanos));
    forgetFull(nowNanos);
    return Duration.ZERO;
  }

  private void forgetFull(long nowNanos) {
    Iterator<Bucket> eldest = buckets.values().iterator();
    for (int i = 0; i < FORGOTTEN_AT_A_TIME && eldest.hasNext(); i++) {
      if (available(eldest.next(), nowNanos) < burst) {
        return;
      }
      eldest.remove();
    }
  }

  private double available(Bucket bucket, long nowNanos) {
    return Math.min(burst, bucket.left + Math.max(0, nowNanos - bucket.atNanos) * perNano);
  }

  /// How many are remembered.
  synchronized int size() {
    return buckets.size();
  }

  private record Bucket(double left, long atNanos) {}
}
