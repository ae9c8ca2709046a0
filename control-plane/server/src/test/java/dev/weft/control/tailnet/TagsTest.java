package dev.weft.control.tailnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.control.tailnet.TailnetFixture.Machine;
import dev.weft.tailcfg.RegisterAuth;
import dev.weft.tailcfg.RegisterRequest;
import dev.weft.tailcfg.RegisterResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Who may give a node a tag.
final class TagsTest {
  private final TailnetFixture net = new TailnetFixture();

  @BeforeEach
  void annOwnsWebAndWebOwnsCanary() {
    net.tailnet.createUser(net.now, "ann", "", net);
    net.tailnet.createUser(net.now, "bea", "", net);
    net.tailnet.setTagOwners("tag:web", List.of("ann"), net);
    net.tailnet.setTagOwners("tag:canary", List.of("tag:web"), net);
  }

  @Test
  void aLoginOfAnOwnerMakesATaggedNodeWhichDoesNotExpire() {
    Machine machine = net.machine("a");
    String id = waiting(machine, "tag:web");
    RegisteredNode node = net.tailnet.approveLogin(net.now, id, "ann", net);
    assertEquals(List.of("tag:web"), node.tags());
    assertEquals(0, node.userId());
    assertNull(node.keyExpiry());
    RegisterResponse response = net.register(machine.key(), asking(machine, "tag:web"));
    assertEquals("tagged-devices", response.login().loginName());
    assertEquals(2147455555L, response.user().id());
  }

  @Test
  void aLoginOfSomebodyElseIsNotApproved() {
    String id = waiting(net.machine("a"), "tag:web");
    Refusal refusal =
        assertThrows(Refusal.class, () -> net.tailnet.approveLogin(net.now, id, "bea", net));
    assertTrue(refusal.getMessage().contains("tag:web"), refusal.getMessage());
    assertEquals(List.of(), net.tailnet.nodes());
    net.tailnet.approveLogin(net.now, id, "ann", net);
  }

  @Test
  void aTagThatNobodyOwnsIsRefusedAtOnce() {
    Machine machine = net.machine("a");
    String error = net.register(machine.key(), asking(machine, "tag:db")).error();
    assertEquals("requested tags [tag:db] are invalid or not permitted: nobody owns tag:db", error);
  }

  @Test
  void anAuthKeyGivesTheTagsThatItsUserOwns() {
    Machine machine = net.machine("a");
    RegisterRequest request = withKey(asking(machine, "tag:web"), net.keyOf("ann"));
    assertTrue(net.register(machine.key(), request).machineAuthorized());
    assertEquals(List.of("tag:web"), net.node(machine.nodeKey()).tags());

    Machine other = net.machine("b");
    String error =
        net.register(other.key(), withKey(asking(other, "tag:web"), net.keyOf("bea"))).error();
    assertTrue(error.contains("not permitted"), error);
  }

  @Test
  void anAuthKeyGivesTheTagsThatItsTagsOwn() {
    String key = net.key(new Tailnet.AuthKeySpec(null, true, false, List.of("tag:web"), null));
    Machine machine = net.machine("a");
    net.register(machine.key(), withKey(asking(machine, "tag:canary"), key));
    assertEquals(List.of("tag:web", "tag:canary"), net.node(machine.nodeKey()).tags());
  }

  @Test
  void aNodeTakesByItselfOnlyWhatItsTagsOwn() {
    Machine machine = tagged("a", "tag:web");
    net.register(machine.key(), asking(machine, "tag:canary", "tag:web"));
    assertEquals(List.of("tag:canary", "tag:web"), net.node(machine.nodeKey()).tags());

    Machine users = net.join("ann", "b");
    RegisteredNode before = net.node(users.nodeKey());
    RegisterResponse response = net.register(users.key(), asking(users, "tag:web"));
    assertTrue(response.authUrl().startsWith("https://control.test/register/"));
    assertEquals(List.of(), net.node(users.nodeKey()).tags());

    RegisteredNode after = net.tailnet.approveLogin(net.now, response.authUrl(), "ann", net);
    assertEquals(List.of("tag:web"), after.tags());
    assertEquals(before.id(), after.id());
    assertEquals(before.ipv4(), after.ipv4());
    assertEquals(before.givenName(), after.givenName());
  }

  @Test
  void aUsersNodeThatAsksForWhatNobodyOwnsStaysAndIsToldSo() {
    Machine machine = net.join("ann", "a");
    assertTrue(net.register(machine.key(), asking(machine, "tag:db")).machineAuthorized());
    net.update(
        machine,
        machine.map(900).toBuilder().hostinfo(asking(machine, "tag:db").hostinfo()).build());
    assertEquals(List.of(), net.node(machine.nodeKey()).tags());
    MapMessage map = net.tailnet.map(net.now, net.node(machine.nodeKey()).id()).orElseThrow();
    assertTrue(map.head().health().getFirst().contains("tag:db"));
  }

  @Test
  void aLoginWithoutTagsMakesATaggedNodeAUsersAgain() {
    Machine machine = tagged("a", "tag:web");
    RegisteredNode before = net.node(machine.nodeKey());
    Machine renewed = machine.withNodeKey(net.newNodeKey());
    RegisterRequest request = renewed.request().toBuilder().oldNodeKey(machine.nodeKey()).build();
    String url = net.register(machine.key(), request).authUrl();
    RegisteredNode after = net.tailnet.approveLogin(net.now, url, "bea", net);
    assertEquals(List.of(), after.tags());
    assertEquals("bea", net.tailnet.ownerName(after));
    assertEquals(before.id(), after.id());
    assertEquals(before.ipv4(), after.ipv4());
  }

  @Test
  void anOldNodeKeyOfAnotherMachineIsNobodysBusiness() {
    Machine victim = tagged("a", "tag:web");
    Machine thief = net.machine("b");
    RegisterRequest request = thief.request().toBuilder().oldNodeKey(victim.nodeKey()).build();
    String url = net.register(thief.key(), request).authUrl();
    net.tailnet.approveLogin(net.now, url, "bea", net);
    assertEquals(2, net.tailnet.nodes().size());
    assertEquals(List.of("tag:web"), net.node(victim.nodeKey()).tags());
  }

  @Test
  void anAdminTagsANode() {
    Machine machine = net.join("ann", "a");
    net.tailnet.setKeyExpiry("a", net.now.plus(Duration.ofDays(1)), net);
    RegisteredNode node = net.tailnet.setTags("a", List.of("tag:db"), net);
    assertEquals(List.of("tag:db"), node.tags());
    assertNull(node.keyExpiry());
    assertThrows(Refusal.class, () -> net.tailnet.setTags("a", List.of("web"), net));
    assertThrows(Refusal.class, () -> net.tailnet.setTags("a", List.of(), net));
    assertTrue(net.register(machine.key(), machine.request()).machineAuthorized());
  }

  @Test
  void whoeverGetsTheNameOfADeletedUserDoesNotGetTheTags() {
    net.tailnet.deleteUser(net.now, "ann", net);
    net.tailnet.createUser(net.now, "ann", "", net);
    Machine machine = net.machine("a");
    assertTrue(
        net.register(machine.key(), asking(machine, "tag:web")).error().contains("nobody owns"));
  }

  @Test
  void anOwnerMustExist() {
    assertThrows(Refusal.class, () -> net.tailnet.setTagOwners("tag:x", List.of("carl"), net));
    assertThrows(Refusal.class, () -> net.tailnet.setTagOwners("x", List.of("ann"), net));
    assertThrows(Refusal.class, () -> net.tailnet.setTagOwners("tag:x", List.of(), net));
    assertThrows(Refusal.class, () -> net.tailnet.deleteTagRule("tag:x", net));
  }

  private Machine tagged(String hostname, String tag) {
    String key = net.key(new Tailnet.AuthKeySpec(null, false, false, List.of(tag), null));
    Machine machine = net.machine(hostname);
    net.register(machine.key(), machine.request(key));
    return machine;
  }

  private String waiting(Machine machine, String... tags) {
    String url = net.register(machine.key(), asking(machine, tags)).authUrl();
    return url.substring(url.lastIndexOf('/') + 1);
  }

  private static RegisterRequest asking(Machine machine, String... tags) {
    RegisterRequest request = machine.request();
    return request.toBuilder()
        .hostinfo(request.hostinfo().toBuilder().requestTags(List.of(tags)).build())
        .build();
  }

  private static RegisterRequest withKey(RegisterRequest request, String key) {
    return request.toBuilder().auth(RegisterAuth.builder().authKey(key).build()).build();
  }
}
