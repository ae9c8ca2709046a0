package dev.weft.control.tailnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Ip;
import dev.weft.control.tailnet.TailnetFixture.Machine;
import dev.weft.tailcfg.Hostinfo;
import dev.weft.tailcfg.RegisterRequest;
import dev.weft.tailcfg.RegisterResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The decision table of `docs/protocol/control.md` §4.3.
final class RegistrarTest {
  private final TailnetFixture net = new TailnetFixture();

  @Test
  void aValidKeyLetsANodeIn() {
    Machine machine = net.machine("Laptop of Ann");
    RegisterResponse response = net.register(machine.key(), machine.request(net.keyOf("ann")));
    assertTrue(response.machineAuthorized());
    assertEquals("", response.error());
    assertEquals("ann", response.login().loginName());
    RegisteredNode node = net.node(machine.nodeKey());
    assertEquals("laptop-of-ann", node.givenName());
    assertEquals("100.64.0.1", node.ipv4().toString());
    assertEquals("fd7a:115c:a1e0::1", node.ipv6().toString());
  }

  @Test
  void anUnknownKeyIsRefused() {
    Machine machine = net.machine("a");
    assertEquals("invalid pre auth key", error(machine, machine.request("weft-auth-nonsense")));
    assertEquals(List.of(), net.tailnet.nodes());
  }

  @Test
  void aOneOffKeyLetsOneNodeIn() {
    String key = net.keyOf("ann");
    Machine first = net.machine("a");
    Machine second = net.machine("b");
    net.register(first.key(), first.request(key));
    assertEquals("authkey already used", error(second, second.request(key)));
  }

  @Test
  void aReusableKeyLetsManyIn() {
    net.tailnet.createUser(net.now, "ann", "", net);
    String key = net.key(new Tailnet.AuthKeySpec("ann", true, false, List.of(), null));
    for (String name : List.of("a", "b", "c")) {
      Machine machine = net.machine(name);
      assertTrue(net.register(machine.key(), machine.request(key)).machineAuthorized());
    }
    assertEquals(3, net.tailnet.nodes().size());
  }

  @Test
  void aKeyThatLeakedDoesNotFloodTheTailnet() {
    net.tailnet.createUser(net.now, "ann", "", net);
    String key = net.key(new Tailnet.AuthKeySpec("ann", true, false, List.of(), null));
    Machine first = net.machine("n");
    net.register(first.key(), first.request(key));
    for (int i = 1; i < 1_000; i++) {
      Machine machine = net.machine("n");
      assertTrue(net.register(machine.key(), machine.request(key)).machineAuthorized());
    }
    Machine late = net.machine("n");
    assertInstanceOf(RegisterOutcome.TooMany.class, net.ask(late.key(), late.request(key)));
    // Those that are in are none of its business.
    Machine renewed = first.withNodeKey(net.newNodeKey());
    assertTrue(net.register(renewed.key(), renewed.request(key)).machineAuthorized());
    net.now = net.now.plusSeconds(1);
    assertTrue(net.register(late.key(), late.request(key)).machineAuthorized());
  }

  @Test
  void anExpiredKeyIsRefused() {
    String key = net.keyOf("ann");
    net.pass(Duration.ofHours(1));
    Machine machine = net.machine("a");
    assertEquals("authkey expired", error(machine, machine.request(key)));
  }

  @Test
  void aRevokedKeyIsRefused() {
    String key = net.keyOf("ann");
    net.tailnet.revokeAuthKey(net.now, 1, net);
    Machine machine = net.machine("a");
    assertEquals("authkey revoked", error(machine, machine.request(key)));
  }

  @Test
  void aNodeThatRestartsWithItsUsedUpKeyIsLetInAgain() {
    String key = net.keyOf("ann");
    Machine machine = net.machine("a");
    net.register(machine.key(), machine.request(key));
    net.pass(Duration.ofDays(30));
    RegisterResponse again = net.register(machine.key(), machine.request(key));
    assertTrue(again.machineAuthorized());
    assertEquals("ann", again.login().loginName());
  }

  @Test
  void aNewNodeKeyNeedsAValidKeyEvenOnTheSameMachine() {
    String key = net.keyOf("ann");
    Machine machine = net.machine("a");
    net.register(machine.key(), machine.request(key));
    Machine rotated = machine.withNodeKey(net.newNodeKey());
    assertEquals("authkey already used", error(rotated, rotated.request(key)));
  }

  @Test
  void aRestartWithoutAKeyFindsTheNode() {
    Machine machine = net.join("ann", "a");
    RegisterResponse response = net.register(machine.key(), machine.request());
    assertTrue(response.machineAuthorized());
    assertEquals("", response.authUrl());
  }

  @Test
  void aNodeKeyOfAnotherMachineIsRefused() {
    Machine victim = net.join("ann", "a");
    Machine thief = net.machine("b").withNodeKey(victim.nodeKey());
    assertEquals("node exists with a different machine key", error(thief, thief.request()));
    assertEquals(
        "node exists with a different machine key", error(thief, thief.request(net.keyOf("ann"))));
  }

  @Test
  void aRotatedKeyKeepsIdAddressAndName() {
    Machine machine = net.join("ann", "a");
    RegisteredNode before = net.node(machine.nodeKey());
    Machine rotated = machine.withNodeKey(net.newNodeKey());
    net.register(rotated.key(), rotated.request(net.keyOf("ann")));
    RegisteredNode after = net.node(rotated.nodeKey());
    assertEquals(before.id(), after.id());
    assertEquals(before.ipv4(), after.ipv4());
    assertEquals(before.givenName(), after.givenName());
    assertEquals(1, net.tailnet.nodes().size());
    assertTrue(net.tailnet.authenticate(machine.key(), machine.nodeKey()).isEmpty());
  }

  @Test
  void aSecondUserOnTheSameMachineHasANodeOfHerOwn() {
    Machine machine = net.join("ann", "a");
    Machine other = machine.withNodeKey(net.newNodeKey());
    net.register(other.key(), other.request(net.keyOf("bea")));
    assertEquals(2, net.tailnet.nodes().size());
    assertNotEquals(net.node(machine.nodeKey()).ipv4(), net.node(other.nodeKey()).ipv4());
    assertEquals("a-1", net.node(other.nodeKey()).givenName());
  }

  @Test
  void logoutExpiresTheKeyEvenWhenAnAuthKeyIsSentAlong() {
    Machine machine = net.join("ann", "a");
    RegisterRequest logout =
        machine.request(net.keyOf("ann")).toBuilder().expiry(Instant.ofEpochSecond(123)).build();
    RegisterResponse response = net.register(machine.key(), logout);
    assertTrue(response.nodeKeyExpired());
    assertTrue(net.node(machine.nodeKey()).isExpired(net.now));
    RegisterResponse later = net.register(machine.key(), machine.request());
    assertTrue(later.nodeKeyExpired());
    assertFalse(later.machineAuthorized());
  }

  @Test
  void logoutOfAnEphemeralNodeDeletesIt() {
    net.tailnet.createUser(net.now, "ann", "", net);
    String key = net.key(new Tailnet.AuthKeySpec("ann", false, true, List.of(), null));
    Machine machine = net.machine("a");
    net.register(machine.key(), machine.request(key));
    net.register(
        machine.key(), machine.request().toBuilder().expiry(Instant.ofEpochSecond(123)).build());
    assertEquals(List.of(), net.tailnet.nodes());
  }

  @Test
  void logoutOfSomebodyElsesNodeChangesNothing() {
    Machine victim = net.join("ann", "a");
    Machine thief = net.machine("b").withNodeKey(victim.nodeKey());
    RegisterResponse response =
        net.register(
            thief.key(), thief.request().toBuilder().expiry(Instant.ofEpochSecond(123)).build());
    assertTrue(response.nodeKeyExpired());
    assertFalse(net.node(victim.nodeKey()).isExpired(net.now));
  }

  @Test
  void aLoginExpiryMayBeShortenedAndNotExtended() {
    Machine machine = net.join("ann", "a");
    Instant soon = net.now.plusSeconds(60);
    net.register(machine.key(), machine.request().toBuilder().expiry(soon).build());
    assertEquals(soon, net.node(machine.nodeKey()).keyExpiry());
    net.register(
        machine.key(), machine.request().toBuilder().expiry(soon.plusSeconds(999)).build());
    assertEquals(soon, net.node(machine.nodeKey()).keyExpiry());
  }

  @Test
  void aTaggedKeyMakesANodeOfTagsThatNeverExpires() {
    String key =
        net.key(new Tailnet.AuthKeySpec(null, false, false, List.of("tag:web", "tag:ci"), null));
    Machine machine = net.machine("a");
    RegisterRequest request = withTags(machine.request(key), "tag:ci");
    assertEquals("tagged-devices", net.register(machine.key(), request).login().loginName());
    RegisteredNode node = net.node(machine.nodeKey());
    assertEquals(List.of("tag:web", "tag:ci"), node.tags());
    assertNull(node.keyExpiry());
  }

  @Test
  void tagsThatTheKeyDoesNotHaveAreRefused() {
    Machine machine = net.machine("a");
    RegisterRequest request = withTags(machine.request(net.keyOf("ann")), "tag:web");
    assertTrue(error(machine, request).contains("tag:web"));
  }

  @Test
  void withoutAKeyAnAdminIsAskedAndTheWaitingClientLetIn() {
    net.tailnet.createUser(net.now, "ann", "", net);
    Machine machine = net.machine("a");
    String url = net.register(machine.key(), machine.request()).authUrl();
    assertTrue(url.startsWith("https://control.test/register/"), url);
    RegisterRequest followup = machine.request().toBuilder().followup(url).build();
    assertInstanceOf(RegisterOutcome.Hold.class, net.ask(machine.key(), followup));

    net.tailnet.approveLogin(net.now, url.substring(url.lastIndexOf('/') + 1), "ann", net);
    assertEquals(1, net.settledLogins);
    assertTrue(net.register(machine.key(), followup).machineAuthorized());
  }

  @Test
  void adminsSeeWhoWaitsAndMayTurnThemDown() {
    Machine machine = net.machine("laptop");
    String url = net.register(machine.key(), machine.request()).authUrl();
    WaitingLogin waiting = net.tailnet.waitingLogins(net.now).getFirst();
    assertEquals("laptop", waiting.hostname());
    assertTrue(url.endsWith("/" + waiting.id()));

    net.tailnet.denyLogin(net.now, waiting.id(), net);
    assertEquals(1, net.settledLogins);
    RegisterRequest followup = machine.request().toBuilder().followup(url).build();
    assertEquals("an admin denied this login", net.register(machine.key(), followup).error());
    assertEquals(List.of(), net.tailnet.waitingLogins(net.now));
    assertThrows(Refusal.class, () -> net.tailnet.approveLogin(net.now, waiting.id(), "ann", net));
    // Whoever asks again waits again.
    assertNotEquals(url, net.register(machine.key(), machine.request()).authUrl());
  }

  @Test
  void aLoginIsApprovedByItsUrlToo() {
    net.tailnet.createUser(net.now, "ann", "", net);
    Machine machine = net.machine("a");
    String url = net.register(machine.key(), machine.request()).authUrl();
    assertEquals("a", net.tailnet.approveLogin(net.now, url, "ann", net).givenName());
  }

  @Test
  void anExpiredNodeThatLogsInAgainKeepsItsAddressAndName() {
    Machine machine = net.join("ann", "a");
    RegisteredNode before = net.node(machine.nodeKey());
    net.tailnet.setKeyExpiry("a", net.now, net);
    assertTrue(net.register(machine.key(), machine.request()).nodeKeyExpired());
    Machine renewed = machine.withNodeKey(net.newNodeKey());
    String url = net.register(renewed.key(), renewed.request()).authUrl();
    net.tailnet.approveLogin(net.now, url, "ann", net);
    RegisteredNode after = net.node(renewed.nodeKey());
    assertEquals(before.id(), after.id());
    assertEquals(before.ipv4(), after.ipv4());
    assertEquals(before.givenName(), after.givenName());
    assertFalse(after.isExpired(net.now));
    assertTrue(net.tailnet.authenticate(machine.key(), machine.nodeKey()).isEmpty());
  }

  @Test
  void theAddressOfADeletedNodeIsNotGivenToTheNext() {
    Machine first = net.join("ann", "a");
    RegisteredNode gone = net.node(first.nodeKey());
    net.tailnet.deleteNode("a", net);
    RegisteredNode next = net.node(net.join("ann", "b").nodeKey());
    assertNotEquals(gone.ipv4(), next.ipv4());
    assertNotEquals(gone.ipv6(), next.ipv6());
  }

  @Test
  void aFollowupOfAnotherMachineGetsALoginOfItsOwn() {
    Machine machine = net.machine("a");
    String url = net.register(machine.key(), machine.request()).authUrl();
    Machine other = net.machine("b");
    String otherUrl =
        net.register(other.key(), other.request().toBuilder().followup(url).build()).authUrl();
    assertNotEquals(url, otherUrl);
  }

  @Test
  void aLoginThatWaitedCannotTakeANodeKeyThatAnotherMachineRegisteredMeanwhile() {
    Machine owner = net.machine("a");
    Machine thief = net.machine("b").withNodeKey(owner.nodeKey());
    String url = net.register(thief.key(), thief.request()).authUrl();
    String id = url.substring(url.lastIndexOf('/') + 1);
    net.register(owner.key(), owner.request(net.keyOf("ann")));
    net.tailnet.createUser(net.now, "bea", "", net);

    Refusal refusal =
        assertThrows(Refusal.class, () -> net.tailnet.approveLogin(net.now, id, "bea", net));

    assertTrue(refusal.getMessage().contains("another machine"), refusal.getMessage());
    assertEquals(owner.key(), net.node(owner.nodeKey()).machineKey());
    assertEquals("ann", net.tailnet.ownerName(net.node(owner.nodeKey())));
    assertFalse(net.tailnet.isLoginPending(net.now, id));
  }

  @Test
  void aNewLoginUnderAnotherHostnameRenamesTheNode() {
    Machine machine = net.join("ann", "a");
    Machine renamed = new Machine(machine.key(), net.newNodeKey(), machine.disco(), "b");
    net.register(renamed.key(), renamed.request(net.keyOf("ann")));
    assertEquals("b", net.node(renamed.nodeKey()).givenName());
  }

  @Test
  void aLoginTimesOut() {
    net.tailnet.createUser(net.now, "ann", "", net);
    Machine machine = net.machine("a");
    String url = net.register(machine.key(), machine.request()).authUrl();
    net.pass(PendingLogins.LIFETIME);
    String id = url.substring(url.lastIndexOf('/') + 1);
    assertFalse(net.tailnet.isLoginPending(net.now, id));
    assertThrows(Refusal.class, () -> net.tailnet.approveLogin(net.now, id, "ann", net));
  }

  @Test
  void waitingLoginsAreBounded() {
    Machine first = net.machine("first");
    String url = net.register(first.key(), first.request()).authUrl();
    for (int i = 0; i < PendingLogins.MAX; i++) {
      Machine machine = net.machine("m");
      net.register(machine.key(), machine.request());
    }
    assertNotEquals(url, net.register(first.key(), first.request()).authUrl());
  }

  @Test
  void onePlaceCannotCrowdOutTheLoginsOfOthers() {
    net.place = Ip.parse("192.0.2.1");
    Machine first = net.machine("first");
    String url = net.register(first.key(), first.request()).authUrl();
    net.place = Ip.parse("192.0.2.2");
    for (int i = 0; i < 2 * PendingLogins.MAX; i++) {
      Machine machine = net.machine("m");
      net.register(machine.key(), machine.request());
    }
    assertEquals(url, net.register(first.key(), first.request()).authUrl());
  }

  @Test
  void manyPlacesTogetherCannotCrowdOutALoginOfAnother() {
    net.place = Ip.parse("192.0.2.1");
    Machine first = net.machine("first");
    String url = net.register(first.key(), first.request()).authUrl();
    for (int place = 0; place < 16; place++) {
      beginLogins(Ip.v4(0xc633_6400 + place));
    }
    net.place = null;
    beginLogins(null);
    assertEquals(url, net.register(first.key(), first.request()).authUrl());
  }

  @Test
  void aSiteWithManyNetworksCannotCrowdOutALoginOfAnother() {
    Machine first = net.machine("first");
    String url = net.register(first.key(), first.request()).authUrl();
    Machine second = net.machine("second");
    net.place = Ip.parse("2001:db8:1::");
    String secondUrl = net.register(second.key(), second.request()).authUrl();
    long site = Ip.parse("2001:db8:2::").high();
    for (int network = 0; network < 2 * PendingLogins.MAX; network++) {
      net.place = Ip.v6(site + network, 0);
      Machine machine = net.machine("m");
      net.register(machine.key(), machine.request());
    }
    assertEquals(url, net.register(first.key(), first.request()).authUrl());
    assertEquals(secondUrl, net.register(second.key(), second.request()).authUrl());
  }

  @Test
  void aNodeThatIsCalledLikeANumberIsNotTakenForTheOneWithThatId() {
    // As one that was stored before numbers were no names.
    Machine first = net.join("ann", "a");
    RegisteredNode posing = net.node(first.nodeKey()).toBuilder().givenName("2").build();
    Machine second = net.join("ann", "b");
    TailnetFixture restarted =
        new TailnetFixture(
            new TailnetStore.Snapshot(
                net.tailnet.users(),
                List.of(),
                List.of(posing, net.node(second.nodeKey())),
                List.of(),
                1,
                1,
                2,
                2));
    assertEquals(2, restarted.tailnet.deleteNode("2", restarted).id());
    assertEquals("node-2", restarted.node(restarted.join("ann", "2").nodeKey()).givenName());
  }

  private void beginLogins(Ip place) {
    net.place = place;
    for (int i = 0; i < PendingLogins.MAX_OF_A_PLACE; i++) {
      Machine machine = net.machine("m");
      net.register(machine.key(), machine.request());
    }
  }

  @Test
  void whatAnAdminSawIsWhatIsApproved() {
    net.tailnet.createUser(net.now, "ann", "", net);
    net.tailnet.setTagOwners("tag:web", List.of("ann"), net);
    Machine machine = net.machine("laptop");
    net.register(machine.key(), machine.request());
    WaitingLogin seen = net.tailnet.waitingLogins(net.now).getFirst();

    net.register(machine.key(), withTags(machine.request(), "tag:web"));

    assertThrows(Refusal.class, () -> net.tailnet.approveLogin(net.now, seen.id(), "ann", net));
    WaitingLogin tagged = net.tailnet.waitingLogins(net.now).getFirst();
    assertEquals(1, net.tailnet.waitingLogins(net.now).size());
    assertEquals(List.of("tag:web"), tagged.tags());
    Machine renamed = new Machine(machine.key(), machine.nodeKey(), machine.disco(), "other");
    net.register(renamed.key(), withTags(renamed.request(), "tag:web"));
    assertNotEquals(tagged.id(), net.tailnet.waitingLogins(net.now).getFirst().id());
  }

  @Test
  void anOldClientIsToldSo() {
    Machine machine = net.machine("a");
    assertTrue(
        error(machine, machine.request(net.keyOf("ann")).toBuilder().version(80).build())
            .contains("too old"));
  }

  @Test
  void aStoreThatFailsChangesNothing() {
    String key = net.keyOf("ann");
    Machine machine = net.machine("a");
    net.failing = true;
    assertThrows(
        IllegalStateException.class, () -> net.register(machine.key(), machine.request(key)));
    net.failing = false;
    assertEquals(List.of(), net.tailnet.nodes());
    assertTrue(net.register(machine.key(), machine.request(key)).machineAuthorized());
  }

  @Test
  void anAuthKeyIsKeptAsAHashOnly() {
    String key = net.keyOf("ann");
    assertFalse(net.stored.toString().contains(key));
  }

  private String error(Machine machine, RegisterRequest request) {
    return net.register(machine.key(), request).error();
  }

  private static RegisterRequest withTags(RegisterRequest request, String... tags) {
    Hostinfo hostinfo = request.hostinfo();
    return request.toBuilder()
        .hostinfo(hostinfo.toBuilder().requestTags(List.of(tags)).build())
        .build();
  }
}
