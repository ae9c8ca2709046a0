package dev.weft.ipn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.IpPrefix;
import dev.weft.json.Json;
import dev.weft.json.MalformedJson;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class IpnTest {
  @Test
  void aMaskedChangeOfEverySettingSurvivesTheRoundTrip() throws MalformedJson {
    MaskedPrefs change =
        MaskedPrefs.NONE
            .with(Pref.HOSTNAME, "box")
            .with(Pref.ADVERTISE_ROUTES, List.of(IpPrefix.parse("10.0.0.0/8")))
            .with(Pref.ADVERTISE_TAGS, List.of())
            .with(Pref.OPERATOR_USER, "")
            .with(Pref.AUTO_UPDATE_APPLY, OptionalBool.FALSE)
            .with(Pref.APP_CONNECTOR_ADVERTISE, true)
            .with(Pref.SYNC, OptionalBool.UNSET);

    MaskedPrefs read = Json.decode(MaskedPrefs.JSON, Json.encode(MaskedPrefs.JSON, change));

    assertEquals(change, read);
  }

  @Test
  void namesAreReadInAnyCaseAndUnknownOnesSkipped() throws MalformedJson {
    MaskedPrefs change =
        Json.decode(
            MaskedPrefs.JSON,
            """
            {"hostNAME":"x","HostnameSET":true,"Future":{"a":[1,{}]},"FutureSet":true,
             "RunSSH":true,"RunSSHSet":null,"AutoUpdateSet":{"checkset":true,"Other":1}}
            """);

    assertEquals(Set.of(Pref.HOSTNAME, Pref.AUTO_UPDATE_CHECK), change.mask());
    assertEquals("x", change.values().hostname());
  }

  @Test
  void aWrongTypeIsMalformed() {
    assertThrows(MalformedJson.class, () -> Json.decode(Prefs.JSON, "{\"WantRunning\":\"yes\"}"));
    assertThrows(
        MalformedJson.class, () -> Json.decode(Prefs.JSON, "{\"AdvertiseRoutes\":[\"x/y\"]}"));
  }

  @Test
  void anEventThatSaysNothingWritesTheEightNullsOfThePeer() {
    String json = Json.encodeToText(Notify.JSON, Notify.builder().version("1").build());

    assertEquals(
        "{\"Version\":\"1\",\"ErrMessage\":null,\"LoginFinished\":null,\"State\":null,\"Prefs\":null,"
            + "\"NetMap\":null,\"Engine\":null,\"BrowseToURL\":null,\"DriveShares\":null}",
        json);
  }

  @Test
  void theStateIsANumberInAnEventAndATextInAStatus() {
    String event = Json.encodeToText(Notify.JSON, Notify.builder().state(State.RUNNING).build());
    String status =
        Json.encodeToText(Status.JSON, Status.builder().backendState(State.RUNNING).build());

    assertTrue(event.contains("\"State\":6"), event);
    assertTrue(status.contains("\"BackendState\":\"Running\""), status);
  }

  @Test
  void aStateOfANewerPeerIsNoState() {
    assertEquals(State.NO_STATE, State.ofNumber(7));
    assertEquals(State.NO_STATE, State.ofNumber(-1));
    assertEquals(State.NO_STATE, State.ofText("Meditating"));
  }

  @Test
  void everySettingReadsBackAsItsZeroFromAnEmptyObject() throws MalformedJson {
    assertEquals(Prefs.ZERO, Json.decode(Prefs.JSON, "{}"));
    assertEquals(Prefs.ZERO, Json.decode(Prefs.JSON, Json.encode(Prefs.JSON, Prefs.ZERO)));
  }

  @Test
  void aWatchMaskNamesItsOptions() {
    assertEquals(
        EnumSet.of(WatchOption.INITIAL_STATE, WatchOption.INITIAL_STATUS),
        WatchOption.ofMask(1 << 1 | 1 << 14 | 1L << 40));
    assertEquals(6, WatchOption.mask(WatchOption.INITIAL_STATE, WatchOption.INITIAL_PREFS));
  }

  @Test
  void healthIsAMapByCodeAndNullWhenAllIsWell() throws MalformedJson {
    HealthState.Warning warning =
        new HealthState.Warning("no-derp", "high", "No relay", "Check it.", null, List.of(), true);
    HealthState sick = new HealthState(new TreeMap<>(java.util.Map.of("no-derp", warning)));

    assertEquals(sick, Json.decode(HealthState.JSON, Json.encode(HealthState.JSON, sick)));
    assertEquals(
        "{\"Warnings\":null}",
        Json.encodeToText(HealthState.JSON, new HealthState(Collections.emptySortedMap())));
  }

  @Test
  void aPingAnswerKeepsItsLatency() throws MalformedJson {
    PingResult pong =
        PingResult.builder().ip("100.64.0.2").nodeName("b").latencySeconds(0.0125).build();

    assertEquals(pong, Json.decode(PingResult.JSON, Json.encode(PingResult.JSON, pong)));
    assertEquals(PingType.TSMP, PingType.tryParse("tsmp").orElseThrow());
  }

  @Test
  void optionsPrintWithoutTheKey() {
    String text = new Options(null, "secret-key").toString();

    assertFalse(text.contains("secret-key"), text);
    assertEquals(
        "secret-key",
        new String(Json.encode(Options.JSON, new Options(null, "secret-key")), UTF_8)
            .replaceAll(".*\"AuthKey\":\"([^\"]*)\".*", "$1"));
  }
}
