package dev.weft.runtime.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.base.Endpoint;
import dev.weft.json.Json;
import dev.weft.json.MalformedJson;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.NodeKey;
import dev.weft.tailcfg.MapResponse;
import dev.weft.tailcfg.Node;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The rules of `docs/protocol/control.md` §5.3, each by a message as it would come.
class MapFoldTest {
  private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");

  private final MapFold fold = new MapFold();

  @Test
  void nothingIsKnownBeforeTheNodeItself() throws MalformedJson {
    assertEquals(Optional.empty(), fold.fold(message("{'Domain':'example.com'}"), NOW));
    assertEquals("example.com", fold("{'Node':{'ID':1,'Name':'a.'}}").domain());
  }

  @Test
  void whatIsAbsentStays() throws MalformedJson {
    fold(
        "{'Node':{'ID':1,'Name':'a.'},'Domain':'d','DNSConfig':{'Proxied':true},"
            + "'DERPMap':{'Regions':{'1':{'RegionID':1}}},'Health':['sick'],'SSHPolicy':{'rules':[]},"
            + "'UserProfiles':[{'ID':7,'LoginName':'ann'}],'Peers':[{'ID':2,'Name':'b.'}]}");
    NetworkMap map = fold("{}");
    assertEquals("a.", map.self().name());
    assertEquals("d", map.domain());
    assertEquals(true, map.dns().proxied());
    assertEquals(1, map.derpMap().regions().size());
    assertEquals(List.of("sick"), map.health());
    assertEquals("{\"rules\":[]}", map.sshPolicy().text());
    assertEquals("ann", map.users().get(7L).loginName());
    assertEquals("b.", map.peer(2).orElseThrow().name());
  }

  @Test
  void theNodeItselfIsReplacedWhole() throws MalformedJson {
    fold("{'Node':{'ID':1,'Name':'a.','HomeDERP':3}}");
    Node self = fold("{'Node':{'ID':1,'Name':'a2.'}}").self();
    assertEquals("a2.", self.name());
    assertEquals(0, self.homeDerp());
  }

  /// A node names its relay itself, and other control servers pass on what it says.
  @Test
  void aNumberThatIsNoRegionIsNoRelay() throws MalformedJson {
    begin();
    for (String region : List.of("-1", "65536", "2147483648", "1099511627776")) {
      NetworkMap map = fold("{'Peers':[{'ID':2,'Name':'b.','HomeDERP':" + region + "}]}");
      assertEquals(0, map.peer(2).orElseThrow().homeDerp(), region);
      map = fold("{'PeersChangedPatch':[{'NodeID':2,'DERPRegion':" + region + "}]}");
      assertEquals(0, map.peer(2).orElseThrow().homeDerp(), region);
    }
    NetworkMap map =
        fold("{'DERPMap':{'Regions':{'-1':{'RegionID':-1},'1':{},'65536':{'RegionID':65536}}}}");
    assertEquals(Set.of(1), map.derpMap().regions().keySet());
  }

  @Test
  void aListOfPeersReplacesAllAndSilencesTheDeltasBesideIt() throws MalformedJson {
    begin();
    NetworkMap map =
        fold(
            "{'Peers':[{'ID':9,'Name':'i.'}],'PeersRemoved':[9],'PeersChanged':[{'ID':5}],"
                + "'OnlineChange':{'9':true},'PeersChangedPatch':[{'NodeID':9,'DERPRegion':4}]}");
    assertEquals(List.of(9L), List.copyOf(map.peers().keySet()));
    assertNull(map.peer(9).orElseThrow().online());
    assertEquals(0, map.peer(9).orElseThrow().homeDerp());
  }

  @Test
  void anEmptyListOfPeersChangesNothing() throws MalformedJson {
    begin();
    assertEquals(2, fold("{'Peers':[]}").peers().size());
    assertEquals(2, fold("{'Peers':null}").peers().size());
  }

  @Test
  void peersAreRemovedBeforeOthersAreAdded() throws MalformedJson {
    begin();
    NetworkMap map = fold("{'PeersRemoved':[2,3,77],'PeersChanged':[{'ID':3,'Name':'new.'}]}");
    assertEquals(List.of(3L), List.copyOf(map.peers().keySet()));
    assertEquals("new.", map.peer(3).orElseThrow().name());
  }

  @Test
  void seenMeansNowAndUnseenMeansNever() throws MalformedJson {
    begin();
    NetworkMap map = fold("{'PeerSeenChange':{'2':true,'3':true,'77':true}}");
    assertEquals(NOW, map.peer(2).orElseThrow().lastSeen());
    map = fold("{'PeerSeenChange':{'2':false}}");
    assertNull(map.peer(2).orElseThrow().lastSeen());
    assertEquals(NOW, map.peer(3).orElseThrow().lastSeen());
  }

  @Test
  void onlineIsSetForPeersThatAreKnown() throws MalformedJson {
    begin();
    NetworkMap map = fold("{'OnlineChange':{'2':true,'3':false,'77':true}}");
    assertEquals(true, map.peer(2).orElseThrow().online());
    assertEquals(false, map.peer(3).orElseThrow().online());
    assertEquals(2, map.peers().size());
  }

  @Test
  void aPatchChangesWhatItHoldsAndComesLast() throws MalformedJson {
    begin();
    String key = "nodekey:" + "ab".repeat(32);
    Node peer =
        fold("{'OnlineChange':{'2':false},'PeersChangedPatch':[{'NodeID':2,'DERPRegion':5,"
                + "'Cap':113,'Endpoints':['192.0.2.1:1'],'Key':'"
                + key
                + "','Online':true,"
                + "'LastSeen':'2026-01-02T03:04:05Z','KeyExpiry':'2027-01-01T00:00:00Z',"
                + "'CapMap':{'x':[1]}},{'NodeID':77,'DERPRegion':1}]}")
            .peer(2)
            .orElseThrow();
    assertEquals("b.", peer.name());
    assertEquals(5, peer.homeDerp());
    assertEquals(113, peer.cap());
    assertEquals(List.of(Endpoint.parse("192.0.2.1:1")), peer.endpoints());
    assertEquals(NodeKey.parse(key), peer.key());
    assertEquals(true, peer.online());
    assertEquals(Instant.parse("2026-01-02T03:04:05Z"), peer.lastSeen());
    assertEquals(Instant.parse("2027-01-01T00:00:00Z"), peer.keyExpiry());
    assertEquals(List.of("x"), List.copyOf(peer.capMap().keySet()));
  }

  @Test
  void aPatchCannotClearTheRelayButCanClearTheEndpoints() throws MalformedJson {
    begin();
    fold("{'PeersChangedPatch':[{'NodeID':2,'DERPRegion':5,'Endpoints':['192.0.2.1:1']}]}");
    Node peer = fold("{'PeersChangedPatch':[{'NodeID':2,'DERPRegion':0}]}").peer(2).orElseThrow();
    assertEquals(5, peer.homeDerp());
    assertEquals(1, peer.endpoints().size());
    peer = fold("{'PeersChangedPatch':[{'NodeID':2,'Endpoints':[]}]}").peer(2).orElseThrow();
    assertEquals(List.of(), peer.endpoints());
  }

  @Test
  void aDiscoKeyFromBeforeThePeerWasLastSeenIsNotTaken() throws MalformedJson {
    begin();
    String older = "discokey:" + "0a".repeat(32);
    fold("{'PeerSeenChange':{'2':true}}");
    String patch = "'NodeID':2,'DiscoKey':'" + older + "','LastSeen':";
    NetworkMap map =
        fold("{'PeersChangedPatch':[{" + patch + "'2026-11-24T09:59:59Z','Online':false}]}");
    assertNull(map.peer(2).orElseThrow().discoKey());
    assertNull(map.peer(2).orElseThrow().online(), "the whole patch is dropped");
    map = fold("{'PeersChangedPatch':[{" + patch + "'2026-11-24T10:00:01Z','Online':false}]}");
    assertEquals(DiscoKey.parse(older), map.peer(2).orElseThrow().discoKey());
    map = fold("{'PeersChangedPatch':[{" + patch + "'2026-11-24T09:00:00Z','Online':true}]}");
    assertEquals(true, map.peer(2).orElseThrow().online(), "an online peer knows its key");
  }

  @Test
  void usersAreAddedAndNeverForgotten() throws MalformedJson {
    begin();
    fold("{'UserProfiles':[{'ID':7,'LoginName':'ann'}]}");
    NetworkMap map =
        fold("{'UserProfiles':[{'ID':8,'LoginName':'bob'},{'ID':7,'LoginName':'an'}]}");
    assertEquals("an", map.users().get(7L).loginName());
    assertEquals(2, map.users().size());
  }

  @Test
  void partsOfTheRelayMapStayOnTheirOwn() throws MalformedJson {
    begin();
    fold("{'DERPMap':{'Regions':{'1':{'RegionID':1}}}}");
    NetworkMap map = fold("{'DERPMap':{'HomeParams':{'RegionScore':{'1':0.5}}}}");
    assertEquals(1, map.derpMap().regions().size());
    map = fold("{'DERPMap':{'Regions':{'2':{'RegionID':2}}}}");
    assertEquals(List.of(2), List.copyOf(map.derpMap().regions().keySet()));
    assertEquals(0.5, map.derpMap().homeParams().regionScore().get(1));
  }

  @Test
  void theFilterIsItsChunksInTheOrderOfTheirNames() throws MalformedJson {
    begin();
    NetworkMap map =
        fold(
            "{'PacketFilters':{'z':[{'SrcIPs':['3.3.3.3']}],'a':[{'SrcIPs':['1.1.1.1']}]},"
                + "'PacketFilter':[{'SrcIPs':['2.2.2.2']}]}");
    assertEquals(List.of("1.1.1.1", "2.2.2.2", "3.3.3.3"), sources(map));
    assertEquals(List.of("1.1.1.1", "2.2.2.2", "3.3.3.3"), sources(fold("{'PacketFilter':null}")));
    assertEquals(List.of("1.1.1.1", "3.3.3.3"), sources(fold("{'PacketFilter':[]}")));
    assertEquals(List.of("3.3.3.3"), sources(fold("{'PacketFilters':{'a':null,'none':null}}")));
    assertEquals(
        List.of("4.4.4.4"),
        sources(fold("{'PacketFilters':{'*':null,'a':[{'SrcIPs':['4.4.4.4']}]}}")));
  }

  @Test
  void withoutAFilterNothingMayComeIn() throws MalformedJson {
    assertEquals(List.of(), fold("{'Node':{'ID':1}}").packetFilter());
  }

  @Test
  void messagesAreWithdrawnByNameOrAllAtOnce() throws MalformedJson {
    begin();
    fold("{'DisplayMessages':{'a':{'Title':'A'},'b':{'Title':'B'}}}");
    assertEquals(
        List.of("b"), List.copyOf(fold("{'DisplayMessages':{'a':null}}").messages().keySet()));
    NetworkMap map = fold("{'DisplayMessages':{'*':null,'c':{'Title':'C'}}}");
    assertEquals(List.of("c"), List.copyOf(map.messages().keySet()));
  }

  @Test
  void healthIsClearedByAnEmptyList() throws MalformedJson {
    begin();
    fold("{'Health':['sick']}");
    assertEquals(List.of("sick"), fold("{'Health':null}").health());
    assertEquals(List.of(), fold("{'Health':[]}").health());
  }

  @Test
  void aMapComesBackFromTheFormItIsKeptIn() throws MalformedJson {
    begin();
    NetworkMap map =
        fold(
            "{'PacketFilters':{'base':[{'SrcIPs':['*']}],'none':[]},'Domain':'d',"
                + "'UserProfiles':[{'ID':7,'LoginName':'ann'}],'DERPMap':{'Regions':{'1':{'RegionID':1}}},"
                + "'DisplayMessages':{'a':{'Title':'A'}},'Health':['h']}");
    byte[] kept = Json.encode(MapResponse.JSON, map.asMapResponse());
    assertEquals(Optional.of(map), new MapFold().fold(Json.decode(MapResponse.JSON, kept), NOW));
  }

  @Test
  void aMapDoesNotChangeAfterwards() throws MalformedJson {
    NetworkMap map = begin();
    fold("{'PeersRemoved':[2,3]}");
    assertEquals(2, map.peers().size());
    assertThrows(UnsupportedOperationException.class, () -> map.peers().remove(2L));
  }

  private NetworkMap begin() throws MalformedJson {
    return fold(
        "{'Node':{'ID':1,'Name':'a.'},'Peers':[{'ID':2,'Name':'b.'},{'ID':3,'Name':'c.'}]}");
  }

  private NetworkMap fold(String json) throws MalformedJson {
    return fold.fold(message(json), NOW).orElseThrow();
  }

  private static MapResponse message(String json) throws MalformedJson {
    return Json.decode(MapResponse.JSON, json.replace('\'', '"'));
  }

  private static List<String> sources(NetworkMap map) {
    return map.packetFilter().stream().flatMap(rule -> rule.srcIps().stream()).toList();
  }
}
