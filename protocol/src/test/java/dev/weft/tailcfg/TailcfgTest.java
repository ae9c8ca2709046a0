package dev.weft.tailcfg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Endpoint;
import dev.weft.base.IpPrefix;
import dev.weft.json.Json;
import dev.weft.json.JsonType;
import dev.weft.json.MalformedJson;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class TailcfgTest {
  private static final String KEY = "nodekey:" + "ab".repeat(32);

  @Test
  void aRegisterResponseAlwaysHasEveryField() {
    assertEquals(
        "{\"User\":{\"ID\":0,\"DisplayName\":\"\"},\"Login\":{\"ID\":0,\"Provider\":\"\",\"LoginName\":\"\","
            + "\"DisplayName\":\"\"},\"NodeKeyExpired\":false,\"MachineAuthorized\":false,\"AuthURL\":\"\","
            + "\"NodeKeySignature\":null,\"Error\":\"no\"}",
        Json.encodeToText(RegisterResponse.JSON, RegisterResponse.builder().error("no").build()));
  }

  @Test
  void aRegisterRequestWithoutAnOldKeyAndExpirySendsTheirZeroForms() throws MalformedJson {
    String text = Json.encodeToText(RegisterRequest.JSON, RegisterRequest.builder().build());
    assertTrue(text.contains("\"OldNodeKey\":\"nodekey:" + "0".repeat(64) + "\""), text);
    assertTrue(text.contains("\"Expiry\":\"0001-01-01T00:00:00Z\""), text);
    assertTrue(text.contains("\"NodeKeySignature\":null"), text);
    assertFalse(text.contains("Auth\""), text);
    assertNull(Json.decode(RegisterRequest.JSON, text).oldNodeKey());
    assertNull(Json.decode(RegisterRequest.JSON, text).expiry());
  }

  @Test
  void theStricterClientsSpellingIsUnderstood() throws MalformedJson {
    MapRequest request =
        Json.decode(
            MapRequest.JSON,
            "{\"Version\":130,\"NodeKey\":\""
                + KEY
                + "\",\"HostInfo\":{\"Os\":\"linux\",\"RoutableIps\":null}}");
    assertEquals("linux", request.hostinfo().os());
    assertEquals(KEY, request.nodeKey().toString());
  }

  @Test
  void theKeepAliveIsByteForByteWhatClientsCache() {
    assertEquals(
        "{\"KeepAlive\":true}",
        Json.encodeToText(MapResponse.JSON, MapResponse.builder().keepAlive(true).build()));
  }

  @Test
  void anAbsentFilterAndAFilterThatDeniesAllAreDifferent() throws MalformedJson {
    assertNull(Json.decode(MapResponse.JSON, "{\"PacketFilter\":null}").packetFilter());
    assertEquals(List.of(), Json.decode(MapResponse.JSON, "{\"PacketFilter\":[]}").packetFilter());
    assertEquals("{\"PacketFilter\":[]}", reencode(MapResponse.JSON, "{\"PacketFilter\":[]}"));
    assertEquals("{}", reencode(MapResponse.JSON, "{\"PacketFilter\":null,\"Peers\":[]}"));
  }

  @Test
  void filterChunksTellDeletedFromEmpty() throws MalformedJson {
    String text = "{\"PacketFilters\":{\"*\":null,\"base\":[]}}";
    MapResponse response = Json.decode(MapResponse.JSON, text);
    assertEquals(FilterChunk.DELETED, response.packetFilters().get("*"));
    assertEquals(FilterChunk.of(List.of()), response.packetFilters().get("base"));
    assertEquals(text, reencode(MapResponse.JSON, text));
  }

  @Test
  void aPatchThatClearsEndpointsIsNotAPatchThatKeepsThem() throws MalformedJson {
    String text = "{\"NodeID\":4,\"Endpoints\":[],\"Online\":false}";
    assertEquals(text, reencode(PeerChange.JSON, text));
    assertNull(Json.decode(PeerChange.JSON, "{\"NodeID\":4}").endpoints());
  }

  @Test
  void endpointsThatCannotBeUsedDoNotShiftTheTypesOfOthers() throws MalformedJson {
    MapRequest request =
        Json.decode(
            MapRequest.JSON,
            "{\"Endpoints\":[\"[fe80::1%eth0]:1\",\"192.0.2.1:2\",\"192.0.2.1:3\"],\"EndpointTypes\":[1,4]}");
    assertEquals(
        List.of(
            new ReportedEndpoint(Endpoint.parse("192.0.2.1:2"), EndpointType.STUN_ON_LOCAL_PORT),
            new ReportedEndpoint(Endpoint.parse("192.0.2.1:3"), EndpointType.UNKNOWN)),
        request.reportedEndpoints());
  }

  @Test
  void allowedIpsThatAreAbsentAreTheAddresses() {
    Node node = Node.builder().addresses(List.of(IpPrefix.parse("100.64.0.1/32"))).build();
    assertEquals(node.addresses(), node.effectiveAllowedIps());
    assertEquals(List.of(), node.toBuilder().allowedIps(List.of()).build().effectiveAllowedIps());
  }

  @Test
  void splitDnsToTheNodeItselfIsAnEmptyList() throws MalformedJson {
    assertEquals(
        "{\"Routes\":{\"a.b\":[],\"c.d\":[{\"Addr\":\"192.0.2.1\"}]}}",
        reencode(DnsConfig.JSON, "{\"Routes\":{\"c.d\":[{\"Addr\":\"192.0.2.1\"}],\"a.b\":null}}"));
  }

  @Test
  void aMessageIsACopyOfWhatItWasBuiltFrom() {
    Map<Integer, DerpRegion> regions = new TreeMap<>();
    DerpMap map = DerpMap.builder().regions(new TreeMap<>(regions)).build();
    assertThrows(
        UnsupportedOperationException.class,
        () -> map.regions().put(1, DerpRegion.builder().build()));
  }

  @Test
  void aBrokenKeyIsMalformed() {
    assertThrows(
        MalformedJson.class, () -> Json.decode(MapRequest.JSON, "{\"NodeKey\":\"nodekey:12\"}"));
  }

  @Test
  void anAuthKeyIsNotPrinted() {
    assertFalse(
        RegisterRequest.builder()
            .auth(RegisterAuth.builder().authKey("secret").build())
            .build()
            .toString()
            .contains("secret"));
  }

  private static <T> String reencode(JsonType<T> type, String text) throws MalformedJson {
    return Json.encodeToText(type, Json.decode(type, text));
  }
}
