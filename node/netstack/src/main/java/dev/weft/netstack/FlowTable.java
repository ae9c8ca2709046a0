package dev.weft.netstack;

import org.jspecify.annotations.Nullable;

/// The TCP connections by their four-tuple: open addressing, linear probing, keyed hash.
final class FlowTable {
  private final long seed0;
  private final long seed1;
  private @Nullable TcpConnection[] slots = new TcpConnection[64];
  private int size;

  FlowTable(long seed0, long seed1) {
    this.seed0 = seed0;
    this.seed1 = seed1 | 1;
  }

  int size() {
    return size;
  }

  @Nullable TcpConnection find(
      long localHigh, long localLow, long remoteHigh, long remoteLow, int ports) {
    int mask = slots.length - 1;
    for (int i = hash(localHigh, localLow, remoteHigh, remoteLow, ports) & mask;
        ;
        i = i + 1 & mask) {
      TcpConnection c = slots[i];
      if (c == null || c.matches(localHigh, localLow, remoteHigh, remoteLow, ports)) {
        return c;
      }
    }
  }

  void add(TcpConnection connection) {
    if (2 * size >= slots.length) {
      grow();
    }
    place(connection);
    size++;
  }

  void remove(TcpConnection connection) {
    int mask = slots.length - 1;
    int i = home(connection);
    while (slots[i] != connection) {
      if (slots[i] == null) {
        return;
      }
      i = i + 1 & mask;
    }
    size--;
    // Move later members of the run back, so that no tombstone is needed.
    int hole = i;
    for (int j = i + 1 & mask; ; j = j + 1 & mask) {
      TcpConnection c = slots[j];
      if (c == null) {
        break;
      }
      int distanceToHole = hole - home(c) & mask;
      int distanceToHere = j - home(c) & mask;
      if (distanceToHole <= distanceToHere) {
        slots[hole] = c;
        hole = j;
      }
    }
    slots[hole] = null;
  }

  private void grow() {
    @Nullable TcpConnection[] old = slots;
    slots = new TcpConnection[old.length * 2];
    for (TcpConnection c : old) {
      if (c != null) {
        place(c);
      }
    }
  }

  private void place(TcpConnection connection) {
    int mask = slots.length - 1;
    int i = home(connection);
    while (slots[i] != null) {
      i = i + 1 & mask;
    }
    slots[i] = connection;
  }

  private int home(TcpConnection c) {
    return hash(c.localHigh, c.localLow, c.remoteHigh, c.remoteLow, c.ports) & slots.length - 1;
  }

  /// Multiply and rotate with secret seeds: peers are authenticated, so guessing collisions is not
  /// worth a full SipHash per packet.
  private int hash(long a, long b, long c, long d, int ports) {
    long h = (a ^ seed0) * seed1;
    h = (Long.rotateLeft(h, 29) ^ b) * seed1;
    h = (Long.rotateLeft(h, 31) ^ c) * seed1;
    h = (Long.rotateLeft(h, 27) ^ d) * seed1;
    h = (Long.rotateLeft(h, 33) ^ ports) * seed1;
    return (int) (h >>> 32);
  }
}
