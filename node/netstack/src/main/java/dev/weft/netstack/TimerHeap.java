package dev.weft.netstack;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Deadlines of all connections in one binary heap.
///
/// A deadline that moves later, the usual case, costs nothing: the entry stays where it is, is
/// found early, and then goes back to its new place. Only a deadline that moves earlier sifts.
final class TimerHeap {
  static final long NEVER = Long.MAX_VALUE;

  /// What waits. Mutable, part of its owner.
  abstract static class Entry {
    private long heapDeadline = NEVER;
    private int heapIndex = -1;

    /// The real earliest deadline now, or [#NEVER].
    abstract long deadline();
  }

  private Entry[] heap = new Entry[16];
  private int size;

  /// Makes sure that `entry` is found at its deadline.
  void update(Entry entry) {
    long deadline = entry.deadline();
    if (entry.heapIndex >= 0) {
      if (deadline < entry.heapDeadline) {
        entry.heapDeadline = deadline;
        siftUp(entry.heapIndex);
      }
    } else if (deadline != NEVER) {
      push(entry, deadline);
    }
  }

  private void push(Entry entry, long deadline) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, size * 2);
    }
    entry.heapDeadline = deadline;
    entry.heapIndex = size;
    heap[size] = entry;
    siftUp(size++);
  }

  /// Not later than the first real deadline.
  long next() {
    return size == 0 ? NEVER : heap[0].heapDeadline;
  }

  /// The next entry whose deadline has come, removed; null when there is none.
  @Nullable Entry poll(long now) {
    while (size > 0 && heap[0].heapDeadline <= now) {
      Entry first = heap[0];
      remove(first);
      if (first.deadline() <= now) {
        return first;
      }
      update(first);
    }
    return null;
  }

  void remove(Entry entry) {
    int i = entry.heapIndex;
    if (i < 0) {
      return;
    }
    Entry last = heap[--size];
    entry.heapIndex = -1;
    if (i < size) {
      heap[i] = last;
      last.heapIndex = i;
      siftUp(i);
      siftDown(last.heapIndex);
    }
  }

  private void siftUp(int from) {
    Entry entry = heap[from];
    int i = from;
    while (i > 0) {
      int parent = (i - 1) / 2;
      if (heap[parent].heapDeadline <= entry.heapDeadline) {
        break;
      }
      place(heap[parent], i);
      i = parent;
    }
    place(entry, i);
  }

  private void siftDown(int from) {
    Entry entry = heap[from];
    int i = from;
    while (2 * i + 1 < size) {
      int child = 2 * i + 1;
      if (child + 1 < size && heap[child + 1].heapDeadline < heap[child].heapDeadline) {
        child++;
      }
      if (heap[child].heapDeadline >= entry.heapDeadline) {
        break;
      }
      place(heap[child], i);
      i = child;
    }
    place(entry, i);
  }

  private void place(Entry entry, int i) {
    heap[i] = entry;
    entry.heapIndex = i;
  }
}
