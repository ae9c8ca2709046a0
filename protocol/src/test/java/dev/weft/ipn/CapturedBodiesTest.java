package dev.weft.ipn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Ip;
import dev.weft.json.Json;
import dev.weft.json.JsonType;
import dev.weft.json.RawJson;
import io.avaje.json.mapper.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Bodies captured between an official `tailscale` and `tailscaled` 1.103 (`*.json` beside this
/// class) parse, and what we write again says the same.
class CapturedBodiesTest {
  /// What the peer sends and we do not model.
  private static final Set<String> UNMODELLED = Set.of("Args", "ETag", "FrontendLogID");

  @ParameterizedTest
  @ValueSource(strings = {"status-needs-login.json", "status-running.json"})
  void aStatusSurvivesTheRoundTrip(String file) throws IOException {
    assertRoundTrip(Status.JSON, resource(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"prefs-fresh.json", "prefs-logged-in.json"})
  void prefsSurviveTheRoundTrip(String file) throws IOException {
    assertRoundTrip(Prefs.JSON, resource(file));
  }

  @Test
  void everyEventSurvivesTheRoundTrip() throws IOException {
    for (String line : resource("notify.jsonl").lines().toList()) {
      assertRoundTrip(Notify.JSON, line);
    }
  }

  @Test
  void aWhoIsAnswerSurvivesTheRoundTrip() throws IOException {
    assertRoundTrip(WhoIsResponse.JSON, resource("whois.json"));
  }

  @Test
  void startOptionsSurviveTheRoundTrip() throws IOException {
    assertRoundTrip(Options.JSON, resource("options.json"));
  }

  @Test
  void aStatusSaysWhatTheNodeIsAndHowItsPeersAreReached() throws IOException {
    Status status = Json.decode(Status.JSON, resource("status-running.json"));

    assertEquals(State.RUNNING, status.backendState());
    assertEquals(Ip.parse("100.64.0.2"), status.tailscaleIps().getFirst());
    assertEquals("a", status.self().shortName());
    assertEquals(List.of(new RawJson("false")), status.self().capMap().get("default-auto-update"));
    PeerStatus peer = status.peers().getFirst();
    assertEquals("203.0.113.102:41641", peer.curAddr());
    assertEquals(Instant.parse("2026-11-24T07:35:35.114617936Z"), peer.created());
    assertEquals(null, peer.lastSeen());
    assertEquals("lab", status.users().get(1L).loginName());
  }

  @Test
  void aFreshNodesPrefsAreTheDefaultsOfAnUnconfiguredLogin() throws IOException {
    Prefs fresh = Json.decode(Prefs.JSON, resource("prefs-fresh.json"));

    assertEquals(Prefs.defaults().with(Pref.LOGGED_OUT, true), fresh);
  }

  @Test
  void theOfficialDownChangesNothingButWantRunning() throws IOException {
    MaskedPrefs down = Json.decode(MaskedPrefs.JSON, resource("masked-prefs-down.json"));

    assertEquals(Set.of(Pref.WANT_RUNNING), down.mask());
    Prefs running = Prefs.defaults().with(Pref.WANT_RUNNING, true).with(Pref.HOSTNAME, "a");
    assertEquals(running.with(Pref.WANT_RUNNING, false), down.applyTo(running));
  }

  @Test
  void theOfficialSetChangesTheSettingsItMarks() throws IOException {
    MaskedPrefs ssh = Json.decode(MaskedPrefs.JSON, resource("masked-prefs-ssh.json"));

    assertEquals(Set.of(Pref.RUN_SSH), ssh.mask());
    assertTrue(ssh.applyTo(Prefs.defaults()).runSsh());
  }

  private static <T> void assertRoundTrip(JsonType<T> type, String captured) throws IOException {
    T message = Json.decode(type, captured);
    assertNotNull(message);
    assertEquals(meaning(captured), meaning(Json.encodeToText(type, message)));
  }

  /// The JSON without what makes no difference to a Go peer: nulls, empty lists, the order of
  /// names.
  private static Object meaning(String json) {
    return meaning(JsonMapper.builder().build().fromJson(json));
  }

  private static Object meaning(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        Map<String, Object> kept = new TreeMap<>();
        map.forEach((name, v) -> {
          if (v != null && !v.equals(List.of()) && !UNMODELLED.contains(name)) {
            kept.put((String) name, meaning(v));
          }
        });
        yield kept;
      }
      case List<?> list -> list.stream().map(CapturedBodiesTest::meaning).toList();
      default -> value;
    };
  }

  private static String resource(String file) throws IOException {
    try (InputStream in = CapturedBodiesTest.class.getResourceAsStream(file)) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
