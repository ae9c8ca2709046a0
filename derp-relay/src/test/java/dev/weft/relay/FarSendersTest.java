package dev.weft.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.keys.NodeKey;
import java.nio.ByteBuffer;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FarSendersTest {
  private final FarSenders senders = new FarSenders();

  @Test
  void aSenderThatLeavesIsForgottenWithItsReceivers() {
    senders.note(key(1), key(2));
    senders.note(key(1), key(3));
    senders.note(key(1), key(3));

    assertEquals(Set.of(key(2), key(3)), senders.forget(key(1)));
    assertEquals(Set.of(), senders.forget(key(1)));
    assertEquals(0, senders.size());
  }

  @Test
  void whenThereAreTooManyTheSendersNotedFirstGo() {
    for (int i = 0; i <= FarSenders.MAX_PAIRS; i++) {
      senders.note(key(i / 2), key(i));
    }

    assertTrue(senders.size() <= FarSenders.MAX_PAIRS);
    assertEquals(Set.of(), senders.forget(key(0)));
    assertEquals(2, senders.forget(key(1)).size());
  }

  @Test
  void evenASingleSenderIsBounded() {
    for (int i = 0; i < 3 * FarSenders.MAX_PAIRS; i++) {
      senders.note(key(0), key(i));
    }

    assertTrue(senders.size() <= FarSenders.MAX_PAIRS);
  }

  private static NodeKey key(int n) {
    return NodeKey.ofBytes(ByteBuffer.allocate(NodeKey.BYTES).putInt(n).array(), 0);
  }
}
