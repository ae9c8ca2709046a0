package dev.weft.wireguard;

import dev.weft.base.Entropy;
import org.jspecify.annotations.Nullable;

/// Finds what a receiver index stands for: an initiation that awaits its response, or a session.
///
/// Indices are random and unique, never zero. The table is open-addressing and at most half full; a
/// lookup is one array access as a rule, and allocates nothing.
final class SessionTable {
  /// Something with an index of ours.
  sealed interface Entry permits Initiation, Keypair {
    int index();

    /// Wipes what is secret; the index is free.
    void retire();
  }

  private final Entropy entropy;
  private @Nullable Entry[] slots = new Entry[16];
  private int size;

  SessionTable(Entropy entropy) {
    this.entropy = entropy;
  }

  /// An index that nothing has.
  int freshIndex() {
    int index;
    do {
      index = entropy.nextInt();
    } while (index == 0 || find(index) != null);
    return index;
  }

  @Nullable Entry find(int index) {
    int mask = slots.length - 1;
    for (int slot = index & mask; ; slot = slot + 1 & mask) {
      Entry entry = slots[slot];
      if (entry == null || entry.index() == index) {
        return entry;
      }
    }
  }

  void add(Entry entry) {
    if (2 * (size + 1) > slots.length) {
      grow();
    }
    insert(entry);
    size++;
  }

  /// Takes an entry out and retires it; does nothing for `null`.
  void retire(@Nullable Entry entry) {
    if (entry == null) {
      return;
    }
    remove(entry);
    entry.retire();
  }

  int size() {
    return size;
  }

  private void insert(Entry entry) {
    int mask = slots.length - 1;
    int slot = entry.index() & mask;
    while (slots[slot] != null) {
      slot = slot + 1 & mask;
    }
    slots[slot] = entry;
  }

  private void remove(Entry entry) {
    int mask = slots.length - 1;
    int slot = entry.index() & mask;
    while (slots[slot] != entry) {
      if (slots[slot] == null) {
        return;
      }
      slot = slot + 1 & mask;
    }
    slots[slot] = null;
    size--;
    closeGap(slot, mask);
  }

  /// Moves up entries that were only reachable across the emptied slot.
  private void closeGap(int from, int mask) {
    int gap = from;
    for (int slot = gap + 1 & mask; ; slot = slot + 1 & mask) {
      Entry entry = slots[slot];
      if (entry == null) {
        return;
      }
      int home = entry.index() & mask;
      if ((slot - home & mask) >= (slot - gap & mask)) {
        slots[gap] = entry;
        slots[slot] = null;
        gap = slot;
      }
    }
  }

  private void grow() {
    @Nullable Entry[] old = slots;
    slots = new Entry[old.length * 2];
    for (Entry entry : old) {
      if (entry != null) {
        insert(entry);
      }
    }
  }
}
