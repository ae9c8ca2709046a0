package dev.weft.runtime.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.ipn.MaskedPrefs;
import dev.weft.ipn.Notify;
import dev.weft.ipn.Options;
import dev.weft.ipn.Pref;
import dev.weft.ipn.Prefs;
import dev.weft.ipn.State;
import dev.weft.runtime.control.LoginRequest;
import dev.weft.runtime.control.LoginState;
import dev.weft.runtime.control.NetworkMap;
import dev.weft.tailcfg.Login;
import dev.weft.tailcfg.Node;
import dev.weft.tailcfg.User;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The backend's decisions on a clock of our own. What the core wants done is written down as text.
class BackendCoreTest {
  private static final String SERVER = "https://control.example.com";
  private static final Prefs LOGGED_OUT = Prefs.defaults().with(Pref.LOGGED_OUT, true);
  private static final Prefs UP =
      Prefs.defaults()
          .with(Pref.CONTROL_URL, SERVER)
          .with(Pref.WANT_RUNNING, true)
          .with(Pref.LOGGED_OUT, false);
  private static final Node SELF = Maps.node(1, "laptop").build();
  private static final LoginState LOGGED_IN =
      new LoginState.LoggedIn(
          User.builder().id(1).build(), Login.builder().id(1).loginName("alice@home").build());

  private final Recorder out = new Recorder();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void aNewNodeNeedsALoginAndContactsNobody() {
    BackendCore core = begin(LOGGED_OUT, false);
    assertEquals(State.NEEDS_LOGIN, core.state());
    assertEquals(List.of("state NeedsLogin"), out.take());
  }

  @Test
  void upWithAKeyLogsInAndRunsOnceARelayIsConnected() {
    BackendCore core = begin(LOGGED_OUT, false);
    out.take();
    core.start(now, new Options(UP, "secret"), out);
    assertEquals(
        List.of("save", "prefs", "open " + SERVER, "login key", "state Starting"), out.take());
    core.handleLogin(now, LOGGED_IN, out);
    assertEquals(List.of("save", "prefs", "login finished"), out.take());
    core.handleMap(now, Maps.map(SELF), out);
    assertEquals(List.of("run", "keep map", "save", "prefs"), out.take());
    assertEquals("n1", core.prefs().persist().nodeId(), "the login knows its node");
    core.handleConnectivity(now, true, out);
    assertEquals(List.of("state Running"), out.take());
  }

  @Test
  void theInteractiveLoginThatTheCommandAsksForAfterwardsDoesNotSpendTheKeyAgain() {
    BackendCore core = begin(LOGGED_OUT, false);
    core.start(now, new Options(UP, "secret"), out);
    out.take();
    core.loginInteractive(now, out);
    assertEquals(List.of("resume"), out.take());
  }

  @Test
  void upWithoutAKeyWaitsForTheInteractiveLoginAndShowsItsUrl() {
    BackendCore core = begin(LOGGED_OUT, false);
    core.start(now, new Options(UP, ""), out);
    assertEquals(State.NEEDS_LOGIN, core.state());
    out.take();
    core.loginInteractive(now, out);
    assertEquals(List.of("open " + SERVER, "login new"), out.take());
    core.handleLogin(now, new LoginState.AwaitingUser(SERVER + "/a/1"), out);
    assertEquals(List.of("browse " + SERVER + "/a/1"), out.take());
    assertEquals(State.NEEDS_LOGIN, core.state());
    core.loginInteractive(now, out); // asked again: the same page
    assertEquals(List.of("resume", "browse " + SERVER + "/a/1"), out.take());
    core.handleLogin(now, LOGGED_IN, out);
    assertEquals(State.STARTING, core.state());
  }

  @Test
  void aRestartedNodeResumesItsSession() {
    begin(UP, true);
    assertEquals(List.of("open " + SERVER, "login", "state Starting"), out.take());
  }

  @Test
  void aNodeThatWasStoppedStaysStopped() {
    BackendCore core = begin(UP.with(Pref.WANT_RUNNING, false), true);
    assertEquals(State.STOPPED, core.state());
    assertEquals(List.of("state Stopped"), out.take());
  }

  @Test
  void aNodeStartsFromItsCachedMapWhileControlIsAway() {
    BackendCore core = new BackendCore(UP, true, false);
    core.begin(now, Optional.of(Maps.map(SELF)), "", out);
    assertEquals(List.of("open " + SERVER, "login", "run", "state Starting"), out.take());
    assertTrue(core.isFromCache());
    core.handleConnectivity(now, true, out);
    assertEquals(State.RUNNING, core.state());
    core.handleMap(now, Maps.map(SELF), out);
    assertFalse(core.isFromCache());
  }

  @Test
  void downStopsTrafficAndUpComesBackWithTheMapThereIs() {
    BackendCore core = running();
    core.edit(now, MaskedPrefs.NONE.with(Pref.WANT_RUNNING, false), out);
    assertEquals(List.of("save", "prefs", "pause", "halt", "state Stopped"), out.take());
    core.edit(now, MaskedPrefs.NONE.with(Pref.WANT_RUNNING, true), out);
    assertEquals(List.of("save", "prefs", "resume", "run", "state Starting"), out.take());
  }

  @Test
  void anExpiredKeyNeedsALoginWithoutWaitingForControl() {
    BackendCore core = running();
    Instant expiry = now.plus(Duration.ofHours(1));
    core.handleMap(now, Maps.map(Maps.node(1, "laptop").keyExpiry(expiry).build()), out);
    assertEquals(expiry, core.nextTimeout());
    out.take();
    now = expiry;
    core.handleTimeout(now, out);
    assertEquals(List.of("halt", "state NeedsLogin"), out.take());
    assertEquals(Instant.MAX, core.nextTimeout());
    core.start(
        now, new Options(core.prefs(), ""), out); // up again: control will ask for what it wants
    assertTrue(out.take().contains("login"));
    core.handleMap(now, Maps.map(SELF), out);
    assertEquals(List.of("run", "keep map", "state Starting"), out.take());
  }

  @Test
  void aKeyThatExpiresWhileTheNodeIsDownWakesNobody() {
    BackendCore core = running();
    Instant expiry = now.plus(Duration.ofHours(1));
    core.handleMap(now, Maps.map(Maps.node(1, "laptop").keyExpiry(expiry).build()), out);
    core.edit(now, MaskedPrefs.NONE.with(Pref.WANT_RUNNING, false), out);
    assertEquals(Instant.MAX, core.nextTimeout());
    now = expiry;
    core.handleTimeout(now, out);
    assertEquals(Instant.MAX, core.nextTimeout());
    out.take();
    core.edit(now, MaskedPrefs.NONE.with(Pref.WANT_RUNNING, true), out);
    assertEquals(State.NEEDS_LOGIN, core.state());
    assertFalse(out.take().contains("run"));
  }

  @Test
  void noSettingSetsAnExpiredNodeToWorkAgain() {
    BackendCore core = running();
    Instant expiry = now.plus(Duration.ofHours(1));
    core.handleMap(now, Maps.map(Maps.node(1, "laptop").keyExpiry(expiry).build()), out);
    now = expiry;
    core.handleTimeout(now, out);
    out.take();
    core.edit(now, MaskedPrefs.NONE.with(Pref.SHIELDS_UP, true), out);
    assertEquals(List.of("save", "prefs", "report"), out.take());
  }

  @Test
  void aMapThatCannotBeUsedIsNeitherKeptNorShown() {
    BackendCore core = running();
    NetworkMap before = core.map().orElseThrow();
    out.take();
    out.refusesMaps = true;
    NetworkMap unusable = Maps.map(Maps.node(1, "renamed").build());
    assertThrows(IllegalArgumentException.class, () -> core.handleMap(now, unusable, out));
    assertEquals(List.of(), out.take());
    assertEquals(before, core.map().orElseThrow());
    assertEquals(State.RUNNING, core.state());
  }

  @Test
  void aNodeThatControlHasExpiredNeedsALogin() {
    BackendCore core = running();
    core.handleMap(now, Maps.map(Maps.node(1, "laptop").expired(true).build()), out);
    assertEquals(List.of("keep map", "halt", "state NeedsLogin"), out.take());
  }

  @Test
  void aMachineThatIsNotApprovedSaysSo() {
    BackendCore core = running();
    core.handleMap(now, Maps.map(Maps.node(1, "laptop").machineAuthorized(false).build()), out);
    assertEquals(State.NEEDS_MACHINE_AUTH, core.state());
    core.handleMap(now, Maps.map(SELF), out);
    assertEquals(State.RUNNING, core.state());
  }

  @Test
  void aLostRelayDoesNotEndRunning() {
    BackendCore core = running();
    core.handleConnectivity(now, false, out);
    assertEquals(State.RUNNING, core.state());
  }

  @Test
  void aLogoutForgetsTheMapAndTheUser() {
    BackendCore core = running();
    core.logout(now, out);
    assertEquals(State.NEEDS_LOGIN, core.state());
    assertTrue(out.take().containsAll(List.of("halt", "forget map", "save")));
    assertTrue(
        core.prefs().loggedOut() && !core.prefs().wantRunning() && core.prefs().persist() == null);
  }

  @Test
  void aForcedLoginKeepsTheNodeRunningUntilItIsDone() {
    BackendCore core = running();
    core.loginInteractive(now, out);
    assertEquals(List.of("resume", "login new"), out.take());
    core.handleLogin(now, new LoginState.AwaitingUser(SERVER + "/a/2"), out);
    assertEquals(State.RUNNING, core.state());
  }

  @Test
  void aKeyIsUsedForTheLoginItWasGivenForAndNoOther() {
    BackendCore core = begin(LOGGED_OUT, false);
    core.start(now, new Options(UP, "secret"), out);
    core.handleLogin(now, LOGGED_IN, out);
    core.handleMap(now, Maps.map(SELF), out);
    out.take();
    core.start(now, new Options(core.prefs(), ""), out);
    core.loginInteractive(now, out);
    assertTrue(out.take().contains("login new"));
  }

  @Test
  void anotherServerStartsAnewWithAnotherKey() {
    BackendCore core = running();
    core.start(
        now, new Options(UP.with(Pref.CONTROL_URL, "https://other.example.com"), "secret"), out);
    assertTrue(
        out.take()
            .containsAll(
                List.of("halt", "forget map", "open https://other.example.com", "login key new")));
  }

  @Test
  void aSettingThatControlSeesIsReported() {
    BackendCore core = running();
    core.edit(now, MaskedPrefs.NONE.with(Pref.HOSTNAME, "desk"), out);
    assertEquals(List.of("save", "prefs", "report", "run"), out.take());
  }

  private BackendCore begin(Prefs prefs, boolean haveNodeKey) {
    BackendCore core = new BackendCore(prefs, haveNodeKey, false);
    core.begin(now, Optional.empty(), "", out);
    return core;
  }

  private BackendCore running() {
    BackendCore core = begin(UP, true);
    core.handleLogin(now, LOGGED_IN, out);
    core.handleMap(now, Maps.map(SELF), out);
    core.handleConnectivity(now, true, out);
    assertEquals(State.RUNNING, core.state());
    out.take();
    return core;
  }

  private static final class Recorder implements BackendCore.Output {
    boolean refusesMaps;
    private final List<String> done = new ArrayList<>();

    List<String> take() {
      List<String> taken = List.copyOf(done);
      done.clear();
      return taken;
    }

    @Override
    public void savePrefs(Prefs prefs) {
      done.add("save");
    }

    @Override
    public void openControl(String url) {
      done.add("open " + url);
    }

    @Override
    public void login(LoginRequest request) {
      done.add(
          "login"
              + (request.authKey().isEmpty() ? "" : " key")
              + (request.newNodeKey() ? " new" : ""));
    }

    @Override
    public void pauseControl() {
      done.add("pause");
    }

    @Override
    public void resumeControl() {
      done.add("resume");
    }

    @Override
    public void report() {
      done.add("report");
    }

    @Override
    public void run(NetworkMap map, Prefs prefs) {
      if (refusesMaps) {
        throw new IllegalArgumentException("on purpose");
      }
      done.add("run");
    }

    @Override
    public void halt() {
      done.add("halt");
    }

    @Override
    public void keepMap(NetworkMap map) {
      done.add("keep map");
    }

    @Override
    public void forgetMap() {
      done.add("forget map");
    }

    @Override
    public void publish(Notify.Builder event) {
      Notify notify = event.build();
      if (notify.state() != null) {
        done.add("state " + notify.state());
      }
      if (notify.prefs() != null) {
        done.add("prefs");
      }
      if (notify.browseToUrl() != null) {
        done.add("browse " + notify.browseToUrl());
      }
      if (notify.loginFinished()) {
        done.add("login finished");
      }
    }
  }
}
