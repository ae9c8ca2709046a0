package dev.weft.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.derp.Frame;
import dev.weft.derp.FrameType;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What the relay itself says to a client, on a connection that the test fills.
class OutboxTest {
  private static final int MANY = 500;

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final TrafficCounters traffic = new TrafficCounters(null);
  private final LongAdder lost = new LongAdder();
  private final Outbox outbox =
      new Outbox(
          channel,
          traffic,
          lost,
          new WriteGuard(channel, Duration.ofSeconds(2), () -> {}),
          PacketQueue.MAX_WAITING);

  @AfterEach
  void end() {
    outbox.close();
    channel.finishAndReleaseAll();
  }

  @Test
  void aClientThatKeepsUpIsToldEverything() {
    notices(MANY);

    assertEquals(MANY, told());
    assertEquals(0, lost.sum());
  }

  @Test
  void aClientThatIsFullIsToldTheNewestAndTheRestIsCounted() {
    writable(false);
    notices(MANY);
    assertEquals(0, told());

    writable(true);

    assertEquals(PacketQueue.MAX_WAITING, told());
    assertEquals(MANY - PacketQueue.MAX_WAITING, lost.sum());
    assertEquals(0, traffic.snapshot().drops().get(RelayDrop.QUEUE_FULL), "they are no packets");
  }

  private void notices(int count) {
    for (int i = 0; i < count; i++) {
      outbox.notice(new Frame.Pong(i));
    }
    channel.runPendingTasks();
  }

  private void writable(boolean wanted) {
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, wanted);
    outbox.writabilityChanged();
  }

  private int told() {
    int count = 0;
    for (ByteBuf frame = channel.readOutbound(); frame != null; frame = channel.readOutbound()) {
      assertEquals(FrameType.PONG.code(), frame.getByte(frame.readerIndex()));
      frame.release();
      count++;
    }
    return count;
  }
}
