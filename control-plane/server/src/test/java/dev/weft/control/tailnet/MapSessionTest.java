package dev.weft.control.tailnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Endpoint;
import dev.weft.control.tailnet.TailnetFixture.Machine;
import dev.weft.json.Json;
import dev.weft.json.MalformedJson;
import dev.weft.tailcfg.FilterChunk;
import dev.weft.tailcfg.MapResponse;
import dev.weft.tailcfg.Node;
import dev.weft.tailcfg.PeerChange;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a node is told, when (`docs/protocol/control.md` §5 and §7.1).
final class MapSessionTest {
  private final TailnetFixture net = new TailnetFixture();
  private Machine a;
  private Machine b;
  private MapSession session;

  @BeforeEach
  void twoNodes() {
    a = net.join("ann", "a");
    b = net.join("bea", "b");
    session = net.open(a);
  }

  @Test
  void theFirstMessageHasWhatAnOfficialClientNeedsToRun() throws MalformedJson {
    MapResponse map = first();
    Node self = map.node();
    assertEquals("a.home.weft.", self.name());
    assertEquals(2, self.addresses().size());
    assertTrue(self.machineAuthorized());
    assertTrue(self.hasCap("cache-network-maps"));
    assertFalse(self.hasCap("https"));
    assertNotNull(map.derpMap().regions().get(900));
    assertEquals(Map.of("home.weft", List.of()), map.dnsConfig().routes());
    assertTrue(map.dnsConfig().proxied());
    assertEquals(List.of(), map.dnsConfig().certDomains());
    assertTrue(map.debug().disableLogTail());
    assertEquals(1, map.packetFilters().get("base").rules().size());
    assertFalse(map.packetFilters().containsValue(FilterChunk.DELETED));
    assertEquals(net.now, map.controlTime());
    assertEquals("home.weft", map.domain());
    assertEquals("{\"rules\":[]}", map.sshPolicy().text());
    assertEquals(
        List.of("ann", "bea"), map.userProfiles().stream().map(p -> p.loginName()).toList());
  }

  @Test
  void everyPeerIsExplicitAboutBeingOnlineAndAboutItsEndpoints() throws MalformedJson {
    Node peer = first().peers().getFirst();
    assertEquals("b.home.weft.", peer.name());
    assertEquals(false, peer.online());
    assertEquals(List.of(), peer.endpoints());
    assertNotNull(peer.lastSeen());
  }

  @Test
  void aLonelyNodeIsSentNoPeersAtAll() throws MalformedJson {
    net.tailnet.deleteNode("b", net);
    assertFalse(
        new String(first(session), java.nio.charset.StandardCharsets.UTF_8).contains("Peers"));
  }

  @Test
  void aPeerThatComesOnlineIsAPatch() throws MalformedJson {
    first();
    net.open(b);
    MapResponse news = next().orElseThrow();
    PeerChange patch = news.peersChangedPatch().getFirst();
    assertEquals(net.node(b.nodeKey()).id(), patch.nodeId());
    assertEquals(true, patch.online());
    assertNull(patch.endpoints());
    assertNull(news.node());
    assertEquals(List.of(), news.peersChanged());
  }

  @Test
  void endpointsAndHomeRegionAreAPatch() throws MalformedJson {
    net.update(b, b.map(900));
    first();
    net.update(b, b.map(901, "192.0.2.1:41641"));
    PeerChange patch = next().orElseThrow().peersChangedPatch().getFirst();
    assertEquals(901, patch.derpRegion());
    assertEquals(List.of(Endpoint.parse("192.0.2.1:41641")), patch.endpoints());
    assertNull(patch.online());
  }

  @Test
  void endpointsThatAreGoneAreClearedByAnEmptyList() throws MalformedJson {
    net.update(b, b.map(900, "192.0.2.1:41641"));
    first();
    net.update(b, b.map(900));
    assertEquals(List.of(), next().orElseThrow().peersChangedPatch().getFirst().endpoints());
  }

  @Test
  void aDiscoKeyComesWithTheOnlineStateSoThatItIsNotDiscarded() throws MalformedJson {
    net.open(b);
    net.update(b, b.map(900));
    first();
    Machine restarted = new Machine(b.key(), b.nodeKey(), net.disco(), b.hostname());
    net.update(restarted, restarted.map(900));
    PeerChange patch = next().orElseThrow().peersChangedPatch().getFirst();
    assertEquals(restarted.disco(), patch.discoKey());
    assertEquals(true, patch.online());
  }

  @Test
  void aNewNameIsAWholeNode() throws MalformedJson {
    first();
    net.tailnet.renameNode("b", "beta", net);
    MapResponse news = next().orElseThrow();
    assertEquals("beta.home.weft.", news.peersChanged().getFirst().name());
    assertEquals(List.of(), news.peersChangedPatch());
  }

  @Test
  void aNewPeerComesWithItsUser() throws MalformedJson {
    first();
    net.join("cleo", "c");
    MapResponse news = next().orElseThrow();
    assertEquals("c.home.weft.", news.peersChanged().getFirst().name());
    assertEquals("cleo", news.userProfiles().getFirst().loginName());
  }

  @Test
  void aDeletedPeerIsRemovedOnce() throws MalformedJson {
    first();
    long id = net.node(b.nodeKey()).id();
    net.tailnet.deleteNode("b", net);
    assertEquals(List.of(id), next().orElseThrow().peersRemoved());
    assertEquals(Optional.empty(), next());
  }

  @Test
  void aPeerThatCameAndWentBetweenTwoMessagesIsNotMentioned() throws MalformedJson {
    first();
    net.join("cleo", "c");
    net.tailnet.deleteNode("c", net);
    assertEquals(Optional.empty(), next());
  }

  @Test
  void whateverHappensWhileAStreamIsNotReadIsOneMessage() throws MalformedJson {
    first();
    for (int i = 0; i < 1000; i++) {
      net.update(b, b.map(900 + i % 2, "192.0.2.1:" + (1 + i)));
    }
    MapResponse news = next().orElseThrow();
    assertEquals(1, news.peersChanged().size() + news.peersChangedPatch().size());
    assertFalse(session.hasNews());
  }

  @Test
  void aNodesOwnEndpointsAreNoNewsToItself() throws MalformedJson {
    net.update(a, a.map(900));
    first();
    net.update(a, a.map(900, "192.0.2.1:1"));
    assertEquals(Optional.empty(), next());
  }

  @Test
  void anUpdateThatChangesNothingIsNoNewsAndNotStored() throws MalformedJson {
    net.update(b, b.map(900, "192.0.2.1:1"));
    first();
    int stored = net.stored.size();
    net.update(b, b.map(900, "192.0.2.1:1"));
    assertFalse(session.hasNews());
    assertEquals(stored, net.stored.size());
  }

  @Test
  void aHostinfoWithoutNetInfoKeepsTheHomeRegion() throws MalformedJson {
    net.update(b, b.map(900));
    first();
    net.update(b, b.map(0));
    assertEquals(Optional.empty(), next());
    assertEquals(900, net.node(b.nodeKey()).homeDerp());
  }

  @Test
  void anExpiredNodeLosesItsPeersAndGetsThemBackWhenItIsRenewed() throws MalformedJson {
    first();
    net.tailnet.setKeyExpiry("a", net.now, net);
    MapResponse expired = next().orElseThrow();
    assertTrue(expired.node().expired());
    assertFalse(expired.node().machineAuthorized());
    assertEquals(List.of(net.node(b.nodeKey()).id()), expired.peersRemoved());

    net.tailnet.setKeyExpiry("a", null, net);
    MapResponse renewed = next().orElseThrow();
    assertFalse(renewed.node().expired());
    assertEquals(1, renewed.peersChanged().size());
  }

  @Test
  void aKeyThatRunsOutIsToldToPeers() throws MalformedJson {
    net.tailnet.setKeyExpiry("b", net.now.plusSeconds(60), net);
    first();
    net.pass(Duration.ofSeconds(59));
    assertEquals(Optional.empty(), next());
    net.pass(Duration.ofSeconds(2));
    assertTrue(next().orElseThrow().peersChanged().getFirst().expired());
  }

  @Test
  void peersAreNotToldWhatIsNoneOfTheirBusiness() throws MalformedJson {
    net.update(
        b,
        b.map(900).toBuilder()
            .hostinfo(
                b.map(900).hostinfo().toBuilder()
                    .backendLogId("secret")
                    .deviceModel("secret")
                    .build())
            .build());
    assertFalse(first().peers().getFirst().toString().contains("secret"));
  }

  @Test
  void theStreamOfADeletedNodeIsOver() throws MalformedJson {
    first();
    net.tailnet.deleteNode("a", net);
    assertEquals(Optional.empty(), next());
    assertTrue(session.isOver());
  }

  private MapResponse first() throws MalformedJson {
    return Json.decode(MapResponse.JSON, first(session));
  }

  private byte[] first(MapSession of) {
    return of.first(net.now).orElseThrow().encode();
  }

  private Optional<MapResponse> next() throws MalformedJson {
    Optional<MapMessage> message = session.next(net.now);
    return message.isEmpty()
        ? Optional.empty()
        : Optional.of(Json.decode(MapResponse.JSON, message.get().encode()));
  }
}
