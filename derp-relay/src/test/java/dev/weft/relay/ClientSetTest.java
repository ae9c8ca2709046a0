package dev.weft.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Bytes;
import dev.weft.keys.NodeKey;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClientSetTest {
  private static final NodeKey KEY = new NodeKey(Bytes.fromHex("11".repeat(32)));

  private final ClientSet<String> set = new ClientSet<>();

  @Test
  void theNewestConnectionIsActive() {
    set.add("old");
    set.add("new");

    assertEquals("new", set.active());
  }

  @Test
  void writingMakesAConnectionActive() {
    set.add("old");
    set.add("new");

    set.noteWrite("old");

    assertEquals("old", set.active());
  }

  @Test
  void whenTheActiveOneLeavesTheOneThatWroteBeforeItIsActive() {
    set.add("a");
    set.add("b");
    set.add("c");
    set.noteWrite("a");

    assertFalse(set.remove("a"));

    assertEquals("c", set.active());
  }

  @Test
  void whoHasLeftDoesNotComeBackByWriting() {
    set.add("a");
    set.add("b");
    set.add("c");
    set.remove("a");

    set.noteWrite("a");

    assertEquals("c", set.active());
  }

  @Test
  void theLastToLeaveLeavesNobody() {
    set.add("only");

    assertTrue(set.remove("only"));
    assertNull(set.active());
  }

  @Test
  void tooManyConnectionsEndTheOneThatWroteLongestAgo() {
    for (int i = 0; i < ClientSet.MAX_CONNECTIONS; i++) {
      assertEquals(Optional.empty(), set.add("c" + i));
    }
    set.noteWrite("c0");

    assertEquals(Optional.of("c1"), set.add("one more"));
  }

  @Test
  void aKeyIsForgottenWithItsLastConnection() {
    Clients<String> clients = new Clients<>();
    clients.add(KEY, "a");
    clients.add(KEY, "b");

    assertFalse(clients.remove(KEY, "a"));
    assertEquals(1, clients.size());
    assertTrue(clients.remove(KEY, "b"));
    assertEquals(0, clients.size());
    assertNull(clients.find(KEY));
  }
}
