package dev.weft.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Bytes;
import dev.weft.keys.NodeKey;
import org.junit.jupiter.api.Test;

class MeshRoutesTest {
  private final MeshRoutes<String> routes = new MeshRoutes<>();
  private final NodeKey client = new NodeKey(Bytes.fromHex("05".repeat(32)));

  @Test
  void aClientAtTwoRelaysIsReachedThroughTheOneThatHasHadItLonger() {
    routes.add(client, "b");
    routes.add(client, "c");
    routes.add(client, "b");

    assertEquals("b", routes.find(client));
    assertFalse(routes.remove(client, "b"));
    assertEquals("c", routes.find(client));
    assertTrue(routes.remove(client, "c"));
    assertNull(routes.find(client));
    assertTrue(routes.isEmpty());
  }

  @Test
  void whoIsNowhereIsNotRemoved() {
    assertTrue(routes.remove(client, "b"));

    routes.add(client, "b");
    assertFalse(routes.remove(client, "c"));
    assertEquals(1, routes.size());
  }
}
