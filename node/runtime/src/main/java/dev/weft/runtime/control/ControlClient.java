package dev.weft.runtime.control;

import dev.weft.keys.NodePrivateKey;
import dev.weft.tailcfg.Hostinfo;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// A node's session with its control server. See the package for how to use it.
///
/// It owns the connection and three virtual threads; [#close()] ends them. Methods may be called
/// from any thread and return at once, but for [#logout()] and [#request(String, String, byte[])].
public final class ControlClient implements Closeable {
  private static final Duration LOGOUT_PATIENCE = Duration.ofSeconds(5);

  private final ControlState state;
  private final Standing standing = new Standing();
  private final Teller teller;
  private final Connector connector;
  private final Calls calls;
  private final Registration registration;
  private final Thread loginThread;
  private final Thread mapThread;
  private final Thread reportThread;
  private volatile Hostinfo lastHostinfo = Hostinfo.builder().build();

  /// Starts a session; nothing is sent before [#report(NodeReport)] and [#login(LoginRequest)].
  public ControlClient(ControlSettings settings, ControlState state, ControlEvents events) {
    this.state = state;
    this.teller = new Teller(events, settings.clock());
    Dialer dialer = new Dialer(settings);
    PlainHttp http = new PlainHttp(settings, dialer);
    this.connector =
        new Connector(
            settings, new ServerKeys(settings, state, http), new NoiseDialer(settings, dialer));
    this.calls = new Calls(settings, connector);
    this.registration = new Registration(settings, state, calls);
    PingAnswerer pings = new PingAnswerer(settings.pings(), calls, http);
    MapLoop mapLoop =
        new MapLoop(settings, state, standing, calls, connector, teller, pings::handle);
    this.mapThread = Thread.ofVirtual().name("control-map").unstarted(new Loop(standing, mapLoop));
    LoginLoop loginLoop =
        new LoginLoop(
            standing, registration, connector, teller, mapThread::interrupt, settings.entropy());
    this.loginThread =
        Thread.ofVirtual().name("control-login").unstarted(new Loop(standing, loginLoop));
    ReportLoop reportLoop = new ReportLoop(settings, state, standing, calls, connector);
    this.reportThread =
        Thread.ofVirtual().name("control-report").unstarted(new Loop(standing, reportLoop));
    mapThread.start();
    loginThread.start();
    reportThread.start();
  }

  /// Says what is true of this node from now on. Control hears of it when it differs from before.
  public void report(NodeReport report) {
    lastHostinfo = report.hostinfo();
    standing.report(report);
  }

  /// Wants a login, in place of any other that is being tried. A running map stream goes on until
  /// the login is done.
  public void login(LoginRequest request) {
    standing.want(Registration.Goal.of(request));
    loginThread.interrupt();
  }

  /// Lets go of the map stream and of attempts to log in, as `down` does. The session stays.
  public void pause() {
    standing.pause(true);
    loginThread.interrupt();
    mapThread.interrupt();
  }

  /// Undoes [#pause()].
  public void resume() {
    standing.pause(false);
  }

  /// Dials anew, now: the machine has other addresses, or has slept.
  public void reconnect() {
    connector.drop();
    loginThread.interrupt();
    mapThread.interrupt();
    reportThread.interrupt();
  }

  /// Ends the session: control lets the node key expire, and it is forgotten here, whether control
  /// answers or not. A server key that was refused is forgotten instead of used.
  ///
  /// @throws IOException when control could not be told, or the state not be changed
  public void logout() throws IOException, InterruptedException {
    Optional<NodePrivateKey> key = state.nodeKey();
    standing.forgetLogin();
    loginThread.interrupt();
    mapThread.interrupt();
    try {
      if (key.isPresent()) {
        registration.logout(key.get(), lastHostinfo, LOGOUT_PATIENCE);
      }
    } catch (ControlException e) {
      if (!e.needsUser()) {
        throw e;
      }
      connector.forgetServerKey(); // the user's way to accept the new one
    } finally {
      state.forgetNodeKey();
      teller.login(new LoginState.LoggedOut());
    }
  }

  /// One more request to control, for what is built on top: certificates, SSH checks, feature
  /// queries. Blocks for a minute at most.
  ///
  /// @param path below the server's URL, such as `/machine/set-dns`
  /// @param json empty for no body
  public ControlReply request(String method, String path, byte[] json)
      throws IOException, InterruptedException {
    return calls.call(method, path, json);
  }

  /// Ends everything, at once and from within an event too. One that is being told may still end
  /// after this has returned; its receiver knows that it has closed.
  @Override
  public void close() {
    teller.close();
    standing.close();
    loginThread.interrupt();
    mapThread.interrupt();
    reportThread.interrupt();
    connector.close();
  }
}
