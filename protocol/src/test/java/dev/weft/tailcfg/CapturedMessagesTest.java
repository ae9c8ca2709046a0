package dev.weft.tailcfg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.json.Json;
import dev.weft.json.JsonType;
import dev.weft.json.MalformedJson;
import dev.weft.testkit.SharedVectors;
import dev.weft.testkit.SharedVectors.Vector;
import io.avaje.jsonb.Jsonb;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What an official client of 1.103 sent to a control server and got from one.
final class CapturedMessagesTest {
  private static final Map<String, JsonType<?>> TYPES =
      Map.of(
          "register", RegisterRequest.JSON,
          "maprequest", MapRequest.JSON,
          "mapresponse", MapResponse.JSON,
          "set-dns", SetDnsRequest.JSON,
          "POST /machine/feature/query", QueryFeatureRequest.JSON);

  private static final Jsonb GENERIC =
      Jsonb.builder().serializeNulls(true).serializeEmpty(true).build();

  @Test
  void everyCapturedMessageIsReadAndWrittenBackWithoutLoss() throws MalformedJson {
    Map<String, Integer> seen = new LinkedHashMap<>();
    for (Vector message : SharedVectors.capture("control-1.103.json").list("messages")) {
      JsonType<?> type = TYPES.get(message.text("kind"));
      if (type != null) {
        Object body = message.fields().get("body");
        assertEquals(body, roundTrip(type, GENERIC.toJson(body)), message.text("kind"));
        seen.merge(message.text("kind"), 1, Integer::sum);
      }
    }
    assertEquals(TYPES.keySet(), seen.keySet());
    assertTrue(seen.get("mapresponse") > 3, seen::toString);
  }

  private static <T> Object roundTrip(JsonType<T> type, String text) throws MalformedJson {
    return withNullCapabilities(
        GENERIC.type(Object.class).fromJson(Json.encode(type, Json.decode(type, text))));
  }

  /// The official client writes a capability without arguments as null, we write an empty list;
  /// both mean the same.
  private static Object withNullCapabilities(Object json) {
    if (json instanceof Map<?, ?> message
        && message.get("Node") instanceof Map<?, ?> node
        && node.get("CapMap") instanceof Map<?, ?> caps) {
      caps.replaceAll((_, _) -> null);
    }
    return json;
  }
}
