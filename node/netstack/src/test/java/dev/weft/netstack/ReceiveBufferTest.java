package dev.weft.netstack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ReceiveBufferTest {
  private static final int WINDOW = 50_000;

  @Test
  void anyOrderOfAnyPiecesGivesTheStream() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      byte[] stream = new byte[200_000];
      random.nextBytes(stream);
      int first = random.nextInt();
      BufferPool pool = new BufferPool(1 << 24);
      ReceiveBuffer buffer = new ReceiveBuffer(pool);
      buffer.start(first);
      boolean[] held = new boolean[stream.length];
      byte[] read = new byte[stream.length];
      int done = 0;
      while (done < stream.length) {
        int next = buffer.next() - first;
        int from = Math.min(stream.length - 1, next + random.nextInt(random.nextInt(5000) + 1));
        int length = Math.min(1 + random.nextInt(1500), stream.length - from);
        length = Math.min(length, done + WINDOW - from);
        if (length > 0 && from >= next && buffer.add(first + from, stream, from, length)) {
          Arrays.fill(held, from, from + length, true);
        }
        assertEquals(firstMissing(held, next), buffer.next() - first, "seed " + seed);
        checkSack(buffer, held, first, "seed " + seed);
        if (random.nextInt(3) == 0) {
          int wanted = random.nextInt(9000);
          done += buffer.read(ByteBuffer.wrap(read, done, Math.min(wanted, stream.length - done)));
        }
        assertTrue(buffer.capacity() <= 1 << 16, "seed " + seed);
      }
      assertArrayEquals(stream, read, "seed " + seed);
      assertFalse(buffer.hasHoles());
      assertEquals(0, pool.usedBytes());
    }
  }

  private static int firstMissing(boolean[] held, int from) {
    int i = from;
    while (i < held.length && held[i]) {
      i++;
    }
    return i;
  }

  /// Whatever is reported must be held, as a whole, and surrounded by what is not.
  private static void checkSack(ReceiveBuffer buffer, boolean[] held, int first, String why) {
    int[] edges = new int[8];
    if (buffer.hasDuplicate()) {
      buffer.sackBlocks(edges, 1); // Reported once, and then forgotten.
    }
    int blocks = buffer.sackBlocks(edges, 4);
    assertTrue(!buffer.hasHoles() || blocks > 0, why);
    for (int b = 0; b < blocks; b++) {
      int left = edges[2 * b] - first;
      int right = edges[2 * b + 1] - first;
      assertTrue(left < right && !held[left - 1], why);
      assertEquals(right, firstMissing(held, left), why);
    }
  }

  @Test
  void theNumberOfHolesIsBounded() {
    ReceiveBuffer buffer = new ReceiveBuffer(new BufferPool(1 << 24));
    buffer.start(0);
    int accepted = 0;
    for (int i = 1; i < 5000; i++) {
      accepted += buffer.add(2 * i, new byte[1], 0, 1) ? 1 : 0;
    }
    assertEquals(ReceiveBuffer.MAX_RANGES, accepted);
  }

  @Test
  void withoutMemoryBytesAreRefused() {
    ReceiveBuffer buffer = new ReceiveBuffer(new BufferPool(64 << 10));
    buffer.start(100);
    assertTrue(buffer.add(100, new byte[8192], 0, 8192));
    assertFalse(buffer.add(8292, new byte[1], 0, 1));
    ByteBuffer target = ByteBuffer.allocate(8192);
    assertEquals(8192, buffer.read(target));
    assertTrue(buffer.add(8292, new byte[1], 0, 1));
  }
}
