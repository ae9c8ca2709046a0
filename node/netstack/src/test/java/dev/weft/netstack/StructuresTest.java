package dev.weft.netstack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The small structures: timer heap, flow table, pool, ring, hash.
final class StructuresTest {
  private static final class Alarm extends TimerHeap.Entry {
    long at = TimerHeap.NEVER;

    @Override
    long deadline() {
      return at;
    }
  }

  @Test
  void alarmsComeInTheOrderOfTheirRealDeadlines() {
    for (long seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      TimerHeap heap = new TimerHeap();
      List<Alarm> alarms = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        alarms.add(new Alarm());
      }
      for (long now = 0; now < 2000; now++) {
        Alarm changed = alarms.get(random.nextInt(50));
        switch (random.nextInt(4)) {
          case 0 -> {
            changed.at = TimerHeap.NEVER;
            heap.remove(changed);
          }
          case 1 -> changed.at = TimerHeap.NEVER;
          default -> changed.at = now + 1 + random.nextInt(300);
        }
        heap.update(changed);
        long first = alarms.stream().mapToLong(a -> a.at).min().orElseThrow();
        assertTrue(heap.next() <= first, "seed " + seed);
        TimerHeap.Entry due;
        while ((due = heap.poll(now)) != null) {
          Alarm alarm = (Alarm) due;
          assertTrue(alarm.at <= now, "seed " + seed);
          alarm.at = TimerHeap.NEVER;
        }
        long limit = now;
        assertTrue(alarms.stream().noneMatch(a -> a.at <= limit), "seed " + seed);
      }
    }
  }

  @Test
  void theFlowTableFindsWhatIsInItAndNothingElse() {
    long seed = 5;
    Random random = new Random(seed);
    Pair pair = new Pair(seed);
    Tcp tcp = tcp(pair);
    FlowTable table = new FlowTable(random.nextLong(), random.nextLong());
    List<TcpConnection> present = new ArrayList<>();
    for (int step = 0; step < 20_000; step++) {
      if (random.nextInt(3) > 0 || present.isEmpty()) {
        long remote = 0xffff_6440_0000L | random.nextInt(50);
        Route route = new Route(0, 0xffff_6440_0001L, 0, remote, false);
        int port = 1 + random.nextInt(400);
        if (table.find(0, 0xffff_6440_0001L, 0, remote, 80 << 16 | port) == null) {
          TcpConnection c = new TcpConnection(tcp, route, 80, port, TcpState.SYN_SENT, 0);
          table.add(c);
          present.add(c);
        }
      } else {
        TcpConnection gone = present.remove(random.nextInt(present.size()));
        table.remove(gone);
        assertNull(find(table, gone), "seed " + seed);
      }
      assertEquals(present.size(), table.size());
    }
    for (TcpConnection c : present) {
      assertSame(c, find(table, c), "seed " + seed);
    }
  }

  private static TcpConnection find(FlowTable table, TcpConnection c) {
    return table.find(c.localHigh, c.localLow, c.remoteHigh, c.remoteLow, c.ports);
  }

  private static Tcp tcp(Pair pair) {
    Drops drops = new Drops();
    PacketBatch batch = new PacketBatch(new Loopback(drops));
    return new Tcp(NetstackConfig.DEFAULT, pair.random::nextBytes, new Addresses(), drops, batch);
  }

  @Test
  void thePoolGrantsAPartOfWhatIsLeftAndASmallReserve() {
    BufferPool pool = new BufferPool(256 << 10);
    assertNull(pool.acquire(32_769));
    byte[] first = pool.acquire(20_000);
    assertNotNull(first);
    assertEquals(32_768, first.length);
    assertNull(pool.acquire(32_768));
    pool.release(first);
    assertSame(first, pool.acquire(32_768));
    int small = 0;
    while (pool.acquire(1) != null) {
      small++;
    }
    assertEquals((256 + 64 - 32) / 4, small);
  }

  @Test
  void aRingKeepsItsBytesWhileItGrows() {
    long seed = 8;
    Random random = new Random(seed);
    SendBuffer buffer = new SendBuffer(new BufferPool(1 << 24), random.nextInt(), 1 << 20);
    byte[] model = new byte[0];
    for (int i = 0; i < 2000; i++) {
      byte[] more = new byte[random.nextInt(3000)];
      random.nextBytes(more);
      int taken = buffer.append(ByteBuffer.wrap(more));
      byte[] longer = new byte[model.length + taken];
      System.arraycopy(model, 0, longer, 0, model.length);
      System.arraycopy(more, 0, longer, model.length, taken);
      int acked = Math.min(longer.length, random.nextInt(i < 200 ? 500 : 4000));
      buffer.acknowledge(buffer.start() + acked);
      model = java.util.Arrays.copyOfRange(longer, acked, longer.length);
      byte[] copy = new byte[model.length];
      buffer.copy(buffer.start(), copy, 0, copy.length);
      org.junit.jupiter.api.Assertions.assertArrayEquals(model, copy, "seed " + seed);
    }
  }

  @Test
  void theHashIsSipHash() {
    // 40 bytes 00..27 under the key 00..0f, by an implementation that agrees with the paper's
    // example.
    SipHash hash = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
    assertEquals(
        0x0e3ea96b5304a7d0L,
        hash.hash(
            0x0706050403020100L,
            0x0f0e0d0c0b0a0908L,
            0x1716151413121110L,
            0x1f1e1d1c1b1a1918L,
            0x2726252423222120L));
  }
}
