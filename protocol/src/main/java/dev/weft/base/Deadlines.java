package dev.weft.base;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Who is due when: the timers of a core that serves many peers, as one binary heap.
///
/// Each owner has one [Deadline], and moving it costs nothing but a few comparisons, so that a core
/// can do so per packet. Owners that are due at the same time come out in an order that depends
/// only on what was called before.
///
/// @param <T> what a deadline belongs to
public final class Deadlines<T> {
  /// The deadline of one that waits for nothing.
  public static final long NEVER = Long.MAX_VALUE;

  private static final int ABSENT = -1;

  private Deadline<T>[] heap = array(16);
  private int size;

  /// A deadline of `owner`, at [#NEVER] for now.
  public Deadline<T> add(T owner) {
    return new Deadline<>(owner);
  }

  /// Moves a deadline, earlier or later; [#NEVER] takes it out.
  public void set(Deadline<T> deadline, long at) {
    long before = deadline.at;
    deadline.at = at;
    if (at == NEVER) {
      remove(deadline);
    } else if (deadline.slot == ABSENT) {
      append(deadline);
    } else if (at < before) {
      up(deadline.slot, deadline);
    } else {
      down(deadline.slot, deadline);
    }
  }

  /// Moves a deadline if that makes it earlier.
  public void atMost(Deadline<T> deadline, long at) {
    if (at < deadline.at) {
      set(deadline, at);
    }
  }

  /// The earliest deadline, or [#NEVER].
  public long next() {
    return size == 0 ? NEVER : heap[0].at;
  }

  /// Takes out the owner of the earliest deadline that is not after `now`; its deadline is then at
  /// [#NEVER].
  public @Nullable T poll(long now) {
    if (size == 0 || heap[0].at > now) {
      return null;
    }
    Deadline<T> first = heap[0];
    set(first, NEVER);
    return first.owner;
  }

  private void append(Deadline<T> deadline) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, size * 2);
    }
    up(size++, deadline);
  }

  private void remove(Deadline<T> deadline) {
    int slot = deadline.slot;
    if (slot == ABSENT) {
      return;
    }
    deadline.slot = ABSENT;
    Deadline<T> last = heap[--size];
    heap[size] = nothing();
    if (last != deadline) {
      up(slot, last);
      down(last.slot, last);
    }
  }

  private void up(int from, Deadline<T> deadline) {
    int slot = from;
    while (slot > 0) {
      int parent = (slot - 1) >>> 1;
      if (heap[parent].at <= deadline.at) {
        break;
      }
      place(slot, heap[parent]);
      slot = parent;
    }
    place(slot, deadline);
  }

  private void down(int from, Deadline<T> deadline) {
    int slot = from;
    while (2 * slot + 1 < size) {
      int child = 2 * slot + 1;
      if (child + 1 < size && heap[child + 1].at < heap[child].at) {
        child++;
      }
      if (deadline.at <= heap[child].at) {
        break;
      }
      place(slot, heap[child]);
      slot = child;
    }
    place(slot, deadline);
  }

  private void place(int slot, Deadline<T> deadline) {
    heap[slot] = deadline;
    deadline.slot = slot;
  }

  @SuppressWarnings("unchecked") // the array never leaves this class
  private static <T> Deadline<T>[] array(int length) {
    return (Deadline<T>[]) new Deadline<?>[length];
  }

  /// Slots beyond the size are never read; the heap only must not keep their owners alive.
  @SuppressWarnings("NullAway")
  private static <T> Deadline<T> nothing() {
    return null;
  }

  /// One owner's place in the heap.
  ///
  /// @param <T> what the deadline belongs to
  public static final class Deadline<T> {
    private final T owner;
    private long at = NEVER;
    private int slot = ABSENT;

    private Deadline(T owner) {
      this.owner = owner;
    }

    public long at() {
      return at;
    }
  }
}
