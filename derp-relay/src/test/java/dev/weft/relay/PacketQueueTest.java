package dev.weft.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.weft.relay.PacketQueue.Lane;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PacketQueueTest {
  private final PacketQueue<Integer> queue = new PacketQueue<>(PacketQueue.MAX_WAITING);

  @Test
  void aLaneKeepsItsOrder() {
    queue.offer(Lane.DATA, 1, true);
    queue.offer(Lane.DATA, 2, true);

    assertEquals(1, queue.poll());
    assertEquals(2, queue.poll());
    assertNull(queue.poll());
  }

  @Test
  void noticesGoBeforeDiscoAndDiscoBeforeData() {
    queue.offer(Lane.DATA, 3, true);
    queue.offer(Lane.DISCO, 2, true);
    queue.offer(Lane.NOTICE, 1, true);

    assertEquals(1, queue.poll());
    assertEquals(2, queue.poll());
    assertEquals(3, queue.poll());
  }

  @Test
  void aFullLaneLosesItsOldest() {
    for (int i = 0; i < PacketQueue.MAX_WAITING; i++) {
      assertNull(queue.offer(Lane.DATA, i, false));
    }

    assertEquals(0, queue.offer(Lane.DATA, 100, false));
    assertEquals(1, queue.poll());
    assertEquals(PacketQueue.MAX_WAITING - 1, queue.size());
  }

  @Test
  void aFullLaneLeavesTheOthersAlone() {
    for (int i = 0; i < 100; i++) {
      queue.offer(Lane.DATA, i, false);
    }

    assertNull(queue.offer(Lane.DISCO, -1, false));
    assertEquals(-1, queue.poll());
  }

  @ParameterizedTest
  @EnumSource(Lane.class)
  void betweenThreadsMoreMayWaitUntilTheConnectionTurnsOutToBeFull(Lane lane) {
    for (int i = 0; i < PacketQueue.MAX_FLOWING; i++) {
      assertNull(queue.offer(lane, i, true));
    }
    assertEquals(0, queue.offer(lane, 1000, true));

    int excess = 0;
    while (queue.pollExcess() != null) {
      excess++;
    }

    assertEquals(PacketQueue.MAX_FLOWING - PacketQueue.MAX_WAITING, excess);
    assertEquals(PacketQueue.MAX_FLOWING - PacketQueue.MAX_WAITING + 1, queue.poll());
  }

  @Test
  void aClosedQueueGivesBackWhatItIsOffered() {
    queue.offer(Lane.DATA, 1, true);

    queue.close();

    assertEquals(2, queue.offer(Lane.DATA, 2, true));
    assertEquals(1, queue.poll());
  }
}
