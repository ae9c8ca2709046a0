package dev.weft.wireguard;

import dev.weft.base.Counters;
import dev.weft.base.Segments;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// Packets to one peer that wait for a session: at most 128, and the oldest make room for the
/// newest, which are more likely to be still wanted.
final class StagedPackets {
  static final int MAX_PACKETS = 128;

  private final Deque<byte[]> packets = new ArrayDeque<>();
  private final Budget budget;
  private final Counters<Drop> drops;

  StagedPackets(Budget budget, Counters<Drop> drops) {
    this.budget = budget;
    this.drops = drops;
  }

  boolean isEmpty() {
    return packets.isEmpty();
  }

  int size() {
    return packets.size();
  }

  /// Copies and keeps all packets of a batch.
  void add(Segments batch) {
    for (int i = 0; i < batch.count(); i++) {
      int length = batch.length(i);
      while (!packets.isEmpty() && (packets.size() == MAX_PACKETS || !budget.hasRoom(length))) {
        release(packets.removeFirst());
        drops.add(Drop.STAGED_OVERFLOW);
      }
      if (!budget.hasRoom(length)) {
        drops.add(Drop.STAGED_OVERFLOW);
        continue;
      }
      byte[] copy = new byte[length];
      System.arraycopy(batch.array(), batch.offset(i), copy, 0, length);
      budget.used += length;
      packets.addLast(copy);
    }
  }

  byte @Nullable [] poll() {
    byte[] first = packets.pollFirst();
    if (first != null) {
      release(first);
    }
    return first;
  }

  /// Drops everything.
  void clear() {
    drops.add(Drop.STAGED_EXPIRED, packets.size());
    packets.forEach(this::release);
    packets.clear();
  }

  private void release(byte[] packet) {
    budget.used -= packet.length;
  }

  /// What all peers together may hold: packets to many absent peers must not fill the memory.
  static final class Budget {
    static final long MAX_BYTES = 4L << 20;

    private long used;

    boolean hasRoom(int length) {
      return used + length <= MAX_BYTES;
    }
  }
}
