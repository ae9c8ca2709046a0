package dev.weft.base;

import java.util.Arrays;

/// One counter for each constant of an enum: how often each reason for a drop occurred.
///
/// Counting allocates nothing. One thread counts; who else wants to look asks that thread.
///
/// @param <E> the reasons
public final class Counters<E extends Enum<E>> {
  private final E[] reasons;
  private final long[] counts;

  public Counters(Class<E> type) {
    reasons = type.getEnumConstants();
    counts = new long[reasons.length];
  }

  public void add(E reason) {
    add(reason, 1);
  }

  @SuppressWarnings("EnumOrdinal") // an index that is never stored
  public void add(E reason, long times) {
    counts[reason.ordinal()] += times;
  }

  @SuppressWarnings("EnumOrdinal")
  public long count(E reason) {
    return counts[reason.ordinal()];
  }

  public long total() {
    return Arrays.stream(counts).sum();
  }

  /// What is not zero, such as `BAD_MAC1=2, UNKNOWN_KEY=1`.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (E reason : reasons) {
      if (count(reason) != 0) {
        text.append(text.isEmpty() ? "" : ", ").append(reason).append('=').append(count(reason));
      }
    }
    return text.toString();
  }
}
