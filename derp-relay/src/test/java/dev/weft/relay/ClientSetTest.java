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

  private long now;

  @Test
  void theNewestConnectionIsActive() {
    add("old");
    add("new");

    assertEquals("new", set.active());
  }

  @Test
  void writingMakesAConnectionActiveOnceTheActiveOneHasHadItsTime() {
    add("old");
    add("new");

    write("old");
    assertEquals("new", set.active());

    now += ClientSet.HOLD_NANOS;
    write("old");
    assertEquals("old", set.active());
  }

  @Test
  void twoThatWriteInTurnsChangePlacesOnceASecond() {
    add("a");
    add("b");
    int changes = 0;
    for (int i = 0; i < 10_000; i++) {
      String before = set.active();
      now += ClientSet.HOLD_NANOS / 1000;
      write(i % 2 == 0 ? "a" : "b");
      changes += before.equals(set.active()) ? 0 : 1;
    }

    assertEquals(10, changes, 1);
  }

  @Test
  void anOldConnectionThatGoesOnWritingContestsTheKeyUntilOneIsLeft() {
    add("old");
    add("new");
    assertFalse(write("old"));
    now += ClientSet.HOLD_NANOS;

    assertTrue(write("old"));
    now += ClientSet.HOLD_NANOS;
    assertFalse(write("new"), "it is known already");

    assertFalse(set.settled());
    set.remove("old");
    assertTrue(set.settled());
    assertFalse(set.settled());
  }

  @Test
  void aReconnectionContestsNothing() {
    add("old");
    add("new");
    write("old");
    set.remove("old");
    now += 5 * ClientSet.HOLD_NANOS;

    assertFalse(write("new"));
    assertFalse(set.settled());
  }

  @Test
  void whenTheActiveOneLeavesTheOneThatWroteBeforeItIsActive() {
    add("a");
    add("b");
    add("c");
    now += ClientSet.HOLD_NANOS;
    write("a");

    assertFalse(set.remove("a"));

    assertEquals("c", set.active());
  }

  @Test
  void whoHasLeftDoesNotComeBackByWriting() {
    add("a");
    add("b");
    add("c");
    set.remove("a");
    now += ClientSet.HOLD_NANOS;

    write("a");

    assertEquals("c", set.active());
  }

  @Test
  void theLastToLeaveLeavesNobody() {
    add("only");

    assertTrue(set.remove("only"));
    assertNull(set.active());
  }

  @Test
  void tooManyConnectionsEndTheOneThatWroteLongestAgo() {
    for (int i = 0; i < ClientSet.MAX_CONNECTIONS; i++) {
      assertEquals(Optional.empty(), add("c" + i));
    }
    now += ClientSet.HOLD_NANOS;
    write("c0");

    assertEquals(Optional.of("c1"), add("one more"));
  }

  @Test
  void aKeyIsForgottenWithItsLastConnection() {
    Clients<String> clients = new Clients<>();
    clients.add(KEY, "a", now);
    clients.add(KEY, "b", now);

    assertFalse(clients.remove(KEY, "a"));
    assertEquals(1, clients.size());
    assertTrue(clients.remove(KEY, "b"));
    assertEquals(0, clients.size());
    assertNull(clients.find(KEY));
  }

  private Optional<String> add(String connection) {
    return set.add(connection, now);
  }

  private boolean write(String connection) {
    return set.noteWrite(connection, now);
  }
}
