package dev.weft.runtime.backend;

import static dev.weft.json.JsonTypes.STRING;

import dev.weft.json.Json;
import dev.weft.json.JsonType;
import dev.weft.json.JsonTypes;
import dev.weft.json.RawJson;
import dev.weft.runtime.control.NetworkMap;
import dev.weft.tailcfg.DerpMap;
import dev.weft.tailcfg.DisplayMessage;
import dev.weft.tailcfg.DnsConfig;
import dev.weft.tailcfg.FilterRule;
import dev.weft.tailcfg.Node;
import dev.weft.tailcfg.UserProfile;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The network map under the field names of the original.
final class MapJson {
  private static final JsonType<SortedMap<String, RawJson>> OBJECT = JsonTypes.mapOf(RawJson.JSON);

  private MapJson() {}

  /// What anybody on this machine may see of it: this node, and how names are looked up. The
  /// original's `dns status` reads that.
  static RawJson ofNames(NetworkMap map) {
    SortedMap<String, RawJson> fields = names(map);
    return new RawJson(Json.encodeToText(OBJECT, fields));
  }

  /// The whole of it, for people who look for a fault.
  static RawJson of(NetworkMap map) {
    SortedMap<String, RawJson> fields = names(map);
    put(fields, "NodeKey", STRING, map.self().key().toString());
    put(fields, "Peers", JsonTypes.listOf(Node.JSON), List.copyOf(map.peers().values()));
    put(fields, "UserProfiles", JsonTypes.mapByLong(UserProfile.JSON), map.users());
    put(fields, "PacketFilterRules", JsonTypes.listOf(FilterRule.JSON), map.packetFilter());
    put(fields, "DisplayMessages", JsonTypes.mapOf(DisplayMessage.JSON), map.messages());
    DerpMap relays = map.derpMap();
    if (relays != null) {
      put(fields, "DERPMap", DerpMap.JSON, relays);
    }
    return new RawJson(Json.encodeToText(OBJECT, fields));
  }

  private static SortedMap<String, RawJson> names(NetworkMap map) {
    SortedMap<String, RawJson> fields = new TreeMap<>();
    put(fields, "SelfNode", Node.JSON, map.self());
    put(fields, "Domain", STRING, map.domain());
    DnsConfig dns = map.dns();
    if (dns != null) {
      put(fields, "DNS", DnsConfig.JSON, dns);
    }
    return fields;
  }

  private static <T> void put(
      SortedMap<String, RawJson> fields, String name, JsonType<T> type, T value) {
    fields.put(name, new RawJson(Json.encodeToText(type, value)));
  }
}
