package dev.weft.control.tailnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.control.tailnet.TailnetFixture.Machine;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PresenceTest {
  private final TailnetFixture net = new TailnetFixture();

  @Test
  void aNodeStaysOnlineForAMomentAfterItsStreamEnded() {
    long id = online("a");
    net.tailnet.sessionClosed(net.now, id);
    net.pass(Presence.OFFLINE_AFTER.minusMillis(1));
    assertTrue(net.tailnet.isOnline(id));
    net.pass(Duration.ofMillis(1));
    assertFalse(net.tailnet.isOnline(id));
    assertEquals(net.now, net.tailnet.nodes().getFirst().lastSeen());
  }

  @Test
  void aReconnectWithinTheMomentIsNoNews() {
    long id = online("a");
    net.tailnet.sessionClosed(net.now, id);
    net.pass(Duration.ofSeconds(5));
    net.tailnet.openSession(id, net);
    net.pass(Presence.OFFLINE_AFTER);
    assertTrue(net.tailnet.isOnline(id));
  }

  @Test
  void anEphemeralNodeIsRemovedWhenItStaysAway() {
    net.tailnet.createUser(net.now, "ann", "", net);
    String key = net.key(new Tailnet.AuthKeySpec("ann", false, true, List.of(), null));
    Machine machine = net.machine("a");
    net.register(machine.key(), machine.request(key));
    long id = net.node(machine.nodeKey()).id();
    net.tailnet.openSession(id, net);
    net.pass(Duration.ofHours(1));
    assertEquals(1, net.tailnet.nodes().size());

    net.tailnet.sessionClosed(net.now, id);
    net.pass(Presence.OFFLINE_AFTER);
    net.pass(Duration.ofMinutes(5).minusMillis(1));
    assertEquals(1, net.tailnet.nodes().size());
    net.pass(Duration.ofMillis(1));
    assertEquals(List.of(), net.tailnet.nodes());
  }

  @Test
  void anOrdinaryNodeMayStayAway() {
    long id = online("a");
    net.tailnet.sessionClosed(net.now, id);
    net.pass(Duration.ofDays(365));
    assertEquals(1, net.tailnet.nodes().size());
  }

  @Test
  void afterARestartAnEphemeralNodeHasItsTimeAgain() {
    Machine machine = net.join("ann", "a");
    RegisteredNode node =
        net.node(machine.nodeKey()).toBuilder()
            .ephemeral(true)
            .lastSeen(net.now.minus(Duration.ofDays(1)))
            .build();
    TailnetFixture restarted =
        new TailnetFixture(
            new TailnetStore.Snapshot(
                net.tailnet.users(), List.of(), List.of(node), List.of(), 1, 1, 1, 1));
    restarted.pass(Duration.ofMinutes(4));
    assertEquals(1, restarted.tailnet.nodes().size());
    restarted.pass(Duration.ofMinutes(1));
    assertEquals(List.of(), restarted.tailnet.nodes());
  }

  @Test
  void aNodeThatBecomesEphemeralHasItsTime() {
    Machine machine = net.join("ann", "a");
    net.pass(Duration.ofDays(2));
    String key = net.key(new Tailnet.AuthKeySpec("ann", false, true, List.of(), null));
    Machine renewed = machine.withNodeKey(net.newNodeKey());
    net.register(renewed.key(), renewed.request(key));
    assertTrue(net.node(renewed.nodeKey()).ephemeral());
    net.pass(Duration.ofMinutes(5).minusMillis(1));
    assertEquals(1, net.tailnet.nodes().size());
    net.pass(Duration.ofMillis(1));
    assertEquals(List.of(), net.tailnet.nodes());
  }

  @Test
  void anEphemeralNodeThatRegistersAgainHasItsTimeAgain() {
    Machine machine = ephemeral("a");
    net.pass(Duration.ofMinutes(4));
    net.register(machine.key(), machine.request());
    net.pass(Duration.ofMinutes(4));
    assertEquals(1, net.tailnet.nodes().size());
    net.pass(Duration.ofMinutes(1));
    assertEquals(List.of(), net.tailnet.nodes());
  }

  @Test
  void aDeletionThatFailsHoldsUpNoNoticeOfAnExpiredKey() {
    ephemeral("a");
    net.join("ann", "b");
    MapSession session = net.open(net.join("ann", "c"));
    session.first(net.now);
    net.tailnet.setKeyExpiry("b", net.now.plusSeconds(300), net);
    session.next(net.now);
    assertFalse(session.hasNews());
    net.keepingNodes = true;

    assertThrows(IllegalStateException.class, () -> net.pass(Duration.ofMinutes(6)));

    assertTrue(session.hasNews());
    net.keepingNodes = false;
    net.pass(Duration.ofSeconds(1));
    assertEquals(2, net.tailnet.nodes().size());
  }

  @Test
  void aDeletionThatFailsHoldsUpNothingThatIsToBeStored() {
    ephemeral("a");
    net.tailnet.sessionClosed(net.now, online("b"));
    net.stored.clear();
    net.keepingNodes = true;

    assertThrows(IllegalStateException.class, () -> net.pass(Duration.ofMinutes(6)));

    assertFalse(net.stored.isEmpty(), "when the other was seen last");
  }

  private Machine ephemeral(String name) {
    String user = "eve";
    if (net.tailnet.users().stream().noneMatch(known -> known.name().equals(user))) {
      net.tailnet.createUser(net.now, user, "", net);
    }
    Machine machine = net.machine(name);
    net.register(
        machine.key(),
        machine.request(net.key(new Tailnet.AuthKeySpec(user, false, true, List.of(), null))));
    return machine;
  }

  private long online(String name) {
    Machine machine = net.join("ann", name);
    long id = net.node(machine.nodeKey()).id();
    net.tailnet.openSession(id, net);
    return id;
  }
}
