package dev.weft.simulation;

import java.util.PriorityQueue;

/// The virtual clock and what is to happen at which time; in the order planned where times are
/// equal.
final class Timeline {
  static final long MILLISECOND = 1_000_000L;
  static final long SECOND = 1_000_000_000L;

  private final PriorityQueue<Plan> plans = new PriorityQueue<>();
  private long now = 1;
  private long sequence;

  long now() {
    return now;
  }

  void at(long when, Runnable action) {
    plans.add(new Plan(Math.max(when, now), sequence++, action));
  }

  void after(long nanos, Runnable action) {
    at(now + nanos, action);
  }

  /// When the next plan is due; `Long.MAX_VALUE` when there is none.
  long next() {
    Plan first = plans.peek();
    return first == null ? Long.MAX_VALUE : first.at;
  }

  void advanceTo(long when) {
    now = Math.max(now, when);
  }

  void runNext() {
    Plan first = plans.remove();
    advanceTo(first.at);
    first.action.run();
  }

  private record Plan(long at, long sequence, Runnable action) implements Comparable<Plan> {
    @Override
    public int compareTo(Plan other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }
}
