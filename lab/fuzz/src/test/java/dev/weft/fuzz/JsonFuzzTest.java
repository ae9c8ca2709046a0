package dev.weft.fuzz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weft.ipn.MaskedPrefs;
import dev.weft.ipn.Notify;
import dev.weft.ipn.Options;
import dev.weft.ipn.Prefs;
import dev.weft.ipn.Status;
import dev.weft.ipn.serve.ServeConfig;
import dev.weft.json.Json;
import dev.weft.json.JsonType;
import dev.weft.json.MalformedJson;
import dev.weft.runtime.control.MapFold;
import dev.weft.tailcfg.DerpMap;
import dev.weft.tailcfg.Hostinfo;
import dev.weft.tailcfg.MapRequest;
import dev.weft.tailcfg.MapResponse;
import dev.weft.tailcfg.Node;
import dev.weft.tailcfg.OverTlsPublicKeyResponse;
import dev.weft.tailcfg.PingRequest;
import dev.weft.tailcfg.QueryFeatureResponse;
import dev.weft.tailcfg.RegisterRequest;
import dev.weft.tailcfg.RegisterResponse;
import java.time.Instant;
import java.util.List;

/// The messages of the control protocol and of the LocalAPI.
final class JsonFuzzTest {
  private static final List<JsonType<?>> TYPES =
      List.of(
          MapResponse.JSON,
          MapRequest.JSON,
          RegisterRequest.JSON,
          RegisterResponse.JSON,
          DerpMap.JSON,
          Node.JSON,
          Hostinfo.JSON,
          PingRequest.JSON,
          OverTlsPublicKeyResponse.JSON,
          QueryFeatureResponse.JSON,
          Prefs.JSON,
          MaskedPrefs.JSON,
          Options.JSON,
          Status.JSON,
          Notify.JSON);

  @FuzzTest
  void anyTextIsAMessageOrMalformed(byte[] input) {
    Script script = new Script(input);
    int choice = script.u8() % (TYPES.size() + 1);
    byte[] text = script.rest();
    try {
      if (choice == TYPES.size()) {
        ServeConfig config =
            ServeConfig.decode(new String(text, java.nio.charset.StandardCharsets.UTF_8));
        config.encode();
      } else {
        writtenAgain(TYPES.get(choice), text);
      }
      if (choice == 0) {
        fold(Json.decode(MapResponse.JSON, text));
      }
    } catch (MalformedJson _) {
      // What it is mostly.
    }
  }

  /// What was understood once is understood the same the second time.
  private static <T> void writtenAgain(JsonType<T> type, byte[] text) throws MalformedJson {
    byte[] once = Json.encode(type, Json.decode(type, text));
    byte[] twice;
    try {
      twice = Json.encode(type, Json.decode(type, once));
    } catch (MalformedJson e) {
      throw new AssertionError("what we write we cannot read: " + e.getMessage(), e);
    }
    assertArrayEquals(once, twice);
  }

  private static void fold(MapResponse message) {
    MapFold fold = new MapFold();
    Instant now = Instant.ofEpochSecond(1_700_000_000);
    fold.fold(message, now);
    fold.fold(message, now).ifPresent(map -> Json.encode(MapResponse.JSON, map.asMapResponse()));
  }
}
