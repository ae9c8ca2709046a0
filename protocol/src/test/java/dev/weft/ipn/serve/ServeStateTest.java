package dev.weft.ipn.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.ipn.serve.ServeState.Outcome;
import dev.weft.json.MalformedJson;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ServeStateTest {
  private static final ServeConfig HTTP_80 =
      ServeConfig.EMPTY.withTcp(80, TcpPortHandler.web(false));
  private static final ServeConfig HTTP_81 =
      ServeConfig.EMPTY.withTcp(81, TcpPortHandler.web(false));
  private static final ServeConfig TCP_80 =
      ServeConfig.EMPTY.withTcp(80, TcpPortHandler.forward("localhost:22", "", 0));
  private static final Outcome CHANGED = new Outcome.Changed(Set.of());

  @Test
  void entityTagsAreThoseOfTheOriginal() throws MalformedJson {
    // From a daemon of version 1.103.
    assertEquals(
        "74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b",
        ServeState.empty().etag());
    assertEquals("null", ServeState.empty().json());
    assertEquals(
        "a67188d0abe5d368a029322657fc48c15d12b00f571dd9c0c04a92964fb18262",
        ServeState.load(ServeConfigTest.CAPTURED).etag());
  }

  @Test
  void aChangeNeedsTheTagThatWasRead() {
    ServeState state = ServeState.empty();
    String read = state.etag();
    assertEquals(CHANGED, set(state, HTTP_80, read));
    assertEquals(new Outcome.EtagMismatch(), set(state, HTTP_81, read));
    assertEquals(HTTP_80, state.config());
    assertEquals(CHANGED, set(state, HTTP_81, ""));
    assertEquals(HTTP_81, state.config());
  }

  @Test
  void aForegroundEntryEndsWithItsSession() {
    ServeState state = ServeState.empty();
    set(state, HTTP_80.withForeground("s", HTTP_81), "");
    assertTrue(state.config().findTcp(81).isPresent());
    assertEquals(Optional.of(HTTP_80.encode()), state.stored());

    assertTrue(state.endSession("s"));
    assertFalse(state.endSession("s"));
    assertEquals(HTTP_80, state.config());
  }

  @Test
  void noSessionSurvivesARestart() throws MalformedJson {
    assertEquals(HTTP_80, ServeState.load(HTTP_80.withForeground("s", HTTP_81).encode()).config());
  }

  @Test
  void anEntryOfASessionThatIsNotThereIsNotKept() {
    ServeState state = ServeState.empty();
    set(state, HTTP_80.withForeground("gone", HTTP_81), "");
    assertEquals(HTTP_80, state.config());
  }

  @Test
  void removingAnEntryNamesTheSessionToEnd() {
    ServeState state = ServeState.empty();
    set(state, HTTP_80.withForeground("s", HTTP_81), "");
    assertEquals(new Outcome.Changed(Set.of("s")), set(state, HTTP_80, ""));
  }

  @Test
  void aNewForegroundSessionNeedsFreePorts() {
    ServeState state = ServeState.empty();
    set(state, HTTP_80, "");
    assertEquals(
        new Outcome.Refused("listener already exists for port 80"),
        set(state, HTTP_80.withForeground("s", HTTP_80), ""));
    set(state, HTTP_80.withForeground("s", HTTP_81), "");
    assertEquals(
        new Outcome.Refused("listener already exists for port 81"),
        set(state, HTTP_80.withForeground("s", HTTP_81).withForeground("t", HTTP_81), ""));
    assertEquals(CHANGED, set(state, HTTP_80.withForeground("s", HTTP_81), ""));
  }

  @Test
  void aBackgroundEntryMayNotTakeAForegroundPort() {
    ServeState state = ServeState.empty();
    set(state, ServeConfig.EMPTY.withForeground("s", HTTP_80), "");
    assertEquals(
        new Outcome.Refused("foreground listener already exists for port 80"),
        set(state, HTTP_80.withForeground("s", HTTP_80), ""));
  }

  @Test
  void theKindOfAPortMayNotChangeInPlace() {
    ServeState state = ServeState.empty();
    set(state, HTTP_80, "");
    assertEquals(
        new Outcome.Refused("want to serve \"tcp\", but port 80 is already serving \"http\""),
        set(state, TCP_80, ""));
    set(state, ServeConfig.EMPTY, "");
    assertEquals(CHANGED, set(state, TCP_80, ""));
  }

  @Test
  void servicesKeepTunAndHandlersApart() throws MalformedJson {
    ServeConfig tun = ServeConfig.decode("{\"Services\":{\"svc:a\":{\"Tun\":true}}}");
    ServeConfig tcp =
        ServeConfig.decode("{\"Services\":{\"svc:a\":{\"TCP\":{\"80\":{\"HTTP\":true}}}}}");
    ServeConfig both =
        ServeConfig.decode(
            "{\"Services\":{\"svc:a\":{\"Tun\":true,\"TCP\":{\"80\":{\"HTTP\":true}}}}}");
    assertEquals(
        new Outcome.Refused(
            "cannot configure TUN mode in combination with TCP or web handlers for svc:a"),
        set(ServeState.empty(), both, ""));
    assertEquals(
        new Outcome.Refused("cannot add TCP or web handlers as TUN mode is enabled for svc:a"),
        set(ServeState.load(tun.encode()), tcp, ""));
    assertEquals(
        new Outcome.Refused("cannot turn on TUN mode with existing TCP or web handlers for svc:a"),
        set(ServeState.load(tcp.encode()), tun, ""));
  }

  @Test
  void funnelNeedsShieldsDown() {
    ServeConfig funnel = HTTP_80.withFunnel(new HostPort("a", 80), true);
    assertEquals(
        new Outcome.Refused("Unable to turn on Funnel while shields-up is enabled"),
        ServeState.empty().set(funnel, "", List.of(), true));
    assertEquals(CHANGED, ServeState.empty().set(funnel, "", List.of(), false));
  }

  private static Outcome set(ServeState state, ServeConfig config, String ifMatch) {
    return state.set(config, ifMatch, List.of("s", "t"), false);
  }
}
