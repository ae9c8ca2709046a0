package dev.weft.netstack;

import dev.weft.base.Segments;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Packets from own addresses to own addresses, until the stack takes them in again.
final class Loopback {
  private static final int MAX_BYTES = 8 << 20;

  private final ArrayDeque<Segments> queue = new ArrayDeque<>();
  private final Drops drops;
  private int bytes;

  Loopback(Drops drops) {
    this.drops = drops;
  }

  void add(Segments packets) {
    if (bytes + packets.length() > MAX_BYTES) {
      drops.count(Drop.QUEUE_FULL);
      return;
    }
    bytes += packets.length();
    int from = packets.offset();
    byte[] copy = Arrays.copyOfRange(packets.array(), from, from + packets.length());
    queue.add(Segments.of(copy, 0, copy.length, packets.segmentSize()));
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  @Nullable Segments poll() {
    Segments next = queue.poll();
    if (next != null) {
      bytes -= next.length();
    }
    return next;
  }
}
