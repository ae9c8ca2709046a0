package dev.weft.runtime.control;

import static dev.weft.runtime.control.FakeControl.next;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.MachineKey;
import dev.weft.keys.MachinePrivateKey;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.tailcfg.EndpointType;
import dev.weft.tailcfg.Hostinfo;
import dev.weft.tailcfg.Login;
import dev.weft.tailcfg.MapRequest;
import dev.weft.tailcfg.MapResponse;
import dev.weft.tailcfg.Node;
import dev.weft.tailcfg.PingRequest;
import dev.weft.tailcfg.RegisterRequest;
import dev.weft.tailcfg.RegisterResponse;
import dev.weft.tailcfg.ReportedEndpoint;
import dev.weft.testkit.ConnectProxy;
import dev.weft.testkit.SeededEntropy;
import dev.weft.transport.proxy.ProxySettings;
import dev.weft.transport.proxy.Uplink;
import dev.weft.transport.tls.SystemTrust;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContextBuilder;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The client against a server on loopback that says what the test wants.
@Timeout(30)
class ControlClientTest {
  private static final DiscoKey DISCO = DiscoKey.parse("discokey:" + "11".repeat(32));

  private final SeededEntropy entropy = new SeededEntropy(5);
  private final MachinePrivateKey machine = MachinePrivateKey.generate(entropy::fill);
  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ClientRig.Memory memory = new ClientRig.Memory();
  private final ClientRig.Recorder events = new ClientRig.Recorder();
  private FakeControl server;
  private ControlClient client;

  @BeforeEach
  void start() throws Exception {
    server = new FakeControl(loops);
    client = connect();
    client.report(new NodeReport(host("alpha"), List.of(), DISCO));
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    server.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void anAuthKeyLogsInAndTheMapFollows() throws Exception {
    server.onRegister =
        request ->
            RegisterResponse.builder()
                .login(Login.builder().loginName("ann@example.com").build())
                .machineAuthorized(true)
                .build();
    client.login(LoginRequest.withAuthKey("tskey-auth-x"));
    RegisterRequest register = next(server.registrations);
    assertEquals("tskey-auth-x", register.auth().authKey());
    assertEquals("alpha", register.hostinfo().hostname());
    NodePrivateKey key = events.next(NodePrivateKey.class);
    assertEquals(register.nodeKey(), key.publicKey());
    assertEquals(key.publicKey(), memory.nodeKey().orElseThrow().publicKey());
    LoginState.LoggedIn loggedIn = events.next(LoginState.LoggedIn.class);
    assertEquals("ann@example.com", loggedIn.login().loginName());
    assertEquals(machine.publicKey(), next(server.peers).machine());

    FakeControl.Stream stream = next(server.streams);
    assertEquals(key.publicKey(), stream.request().nodeKey());
    assertEquals("zstd", stream.request().compress());
    assertEquals(key.publicKey().toString(), stream.call().head.headers().get("ts-lb").toString());
    stream.begin();
    stream.send(first());
    assertEquals("alpha.", events.next(NetworkMap.class).self().name());
    stream.send(MapResponse.builder().keepAlive(true).build());
    stream.send(MapResponse.builder().peersChanged(List.of(node(2, "beta."))).build());
    assertEquals("beta.", events.next(NetworkMap.class).peer(2).orElseThrow().name());
  }

  @Test
  void controlIsReachedThroughAProxy() throws Exception {
    try (ConnectProxy proxy = ConnectProxy.onLoopback()) {
      proxy.demand("ann:s3cret");
      client.close();
      String url = proxy.url().replace("//", "//ann:s3cret@");
      client = new ControlClient(settings(server.url(), ProxySettings.always(url)), memory, events);
      client.report(new NodeReport(host("alpha"), List.of(), DISCO));
      server.onRegister = _ -> RegisterResponse.builder().machineAuthorized(true).build();

      client.login(LoginRequest.withAuthKey("k"));

      events.next(LoginState.LoggedIn.class);
      FakeControl.Stream stream = next(server.streams);
      stream.begin();
      stream.send(first());
      assertEquals("alpha.", events.next(NetworkMap.class).self().name());
      String authority = server.url().getRawAuthority();
      // For the key, and for the connection; one more when the login interrupted a dial.
      assertTrue(proxy.requests().size() >= 2, () -> proxy.requests().toString());
      assertTrue(
          proxy.requests().stream().allMatch(("CONNECT " + authority + " HTTP/1.1")::equals),
          () -> proxy.requests().toString());
    }
  }

  @Test
  void aProxyThatRefusesIsToldAsTheReason() throws Exception {
    try (ConnectProxy proxy = ConnectProxy.onLoopback()) {
      proxy.demand("ann:s3cret");
      client.close();
      client =
          new ControlClient(
              settings(server.url(), ProxySettings.always(proxy.url())), memory, events);
      client.report(new NodeReport(host("alpha"), List.of(), DISCO));

      client.login(LoginRequest.withAuthKey("k"));

      String problem = events.next(ControlProblem.class).message();
      assertTrue(problem.contains("the proxy " + proxy.url() + " wants a user"), problem);
    }
  }

  @Test
  void aUserIsSentToAPageWhileControlIsAskedWithTheSameKey() throws Exception {
    String page = "https://control.example/a/1";
    server.onRegister =
        request ->
            request.followup().isEmpty()
                ? RegisterResponse.builder().authUrl(page).build()
                : RegisterResponse.builder().machineAuthorized(true).build();
    client.login(LoginRequest.interactive());
    RegisterRequest first = next(server.registrations);
    assertEquals(new LoginState.AwaitingUser(page), events.next(LoginState.class));
    RegisterRequest followup = next(server.registrations);
    assertEquals(page, followup.followup());
    assertEquals(first.nodeKey(), followup.nodeKey());
    events.next(NodePrivateKey.class);
    events.next(LoginState.LoggedIn.class);
  }

  @Test
  void aDenialAtThePageIsTheEndOfThatLogin() throws Exception {
    String page = "https://control.example/a/1";
    server.onRegister =
        request ->
            request.followup().isEmpty()
                ? RegisterResponse.builder().authUrl(page).build()
                : RegisterResponse.builder().error("an admin denied this login").build();
    client.login(LoginRequest.interactive());
    events.next(LoginState.AwaitingUser.class);
    ControlProblem problem = events.next(ControlProblem.class);
    assertTrue(problem.needsUser(), problem.message());
    assertEquals(
        "control refused the login: an admin denied this login; run 'weft up' to ask again",
        problem.message());
    next(server.registrations);
    next(server.registrations);
    client.login(LoginRequest.interactive());
    assertEquals("", next(server.registrations).followup());
    events.next(ClientRig.Recovered.class);
    events.next(LoginState.AwaitingUser.class);
  }

  @Test
  void anotherLoginReplacesOneThatWaitsForAUser() throws Exception {
    server.beforeRegister =
        call -> new String(call.body, UTF_8).contains("\"Followup\":\"http"); // held forever
    server.onRegister =
        request ->
            request.auth() == null
                ? RegisterResponse.builder().authUrl("https://control.example/a/1").build()
                : RegisterResponse.builder().machineAuthorized(true).build();
    client.login(LoginRequest.interactive());
    events.next(LoginState.AwaitingUser.class);
    next(server.registrations);
    next(server.registrations);
    client.login(LoginRequest.withAuthKey("k"));
    assertEquals("k", next(server.registrations).auth().authKey());
    events.next(LoginState.LoggedIn.class);
  }

  @Test
  void anExpiredNodeKeyIsReplacedByANewOne() throws Exception {
    NodePrivateKey old = NodePrivateKey.generate(entropy::fill);
    memory.saveNodeKey(old, NodeKey.ZERO);
    server.onRegister =
        request ->
            RegisterResponse.builder()
                .nodeKeyExpired(request.nodeKey().equals(old.publicKey()))
                .build();
    client.login(LoginRequest.resume());
    assertEquals(old.publicKey(), next(server.registrations).nodeKey());
    RegisterRequest again = next(server.registrations);
    assertNotEquals(old.publicKey(), again.nodeKey());
    assertEquals(old.publicKey(), again.oldNodeKey());
    events.next(LoginState.LoggedIn.class);
    assertEquals(again.nodeKey(), memory.nodeKey().orElseThrow().publicKey());
    assertEquals(old.publicKey(), memory.oldNodeKey());
  }

  @Test
  void aRefusedKeyIsShownWithWhatToDo() throws Exception {
    server.onRegister =
        request -> RegisterResponse.builder().error("authkey\u001b expired").build();
    client.login(LoginRequest.withAuthKey("old"));
    ControlProblem problem = events.next(ControlProblem.class);
    assertTrue(problem.needsUser(), problem.message());
    assertEquals(
        "control refused the auth key: authkey  expired; get a new key and run 'weft up' with it",
        problem.message());
    server.onRegister = request -> RegisterResponse.builder().machineAuthorized(true).build();
    client.login(LoginRequest.withAuthKey("new"));
    events.next(LoginState.LoggedIn.class);
  }

  @Test
  void aRefusalWithoutAKeyIsShownAndTriedAgain() throws Exception {
    server.onRegister = request -> RegisterResponse.builder().error("busy").build();
    client.login(LoginRequest.interactive());
    ControlProblem problem = events.next(ControlProblem.class);
    assertEquals("control refused the login: busy", problem.message());
    server.onRegister = request -> RegisterResponse.builder().machineAuthorized(true).build();
    events.next(ClientRig.Recovered.class);
    events.next(LoginState.LoggedIn.class);
  }

  @Test
  void theSameNewKeyIsOfferedUntilItIsAccepted() throws Exception {
    server.onRegister = request -> RegisterResponse.builder().error("busy").build();
    client.login(LoginRequest.interactive());
    NodeKey first = next(server.registrations).nodeKey();
    assertEquals(first, next(server.registrations).nodeKey());
    server.onRegister = request -> RegisterResponse.builder().machineAuthorized(true).build();
    assertEquals(first, events.next(NodePrivateKey.class).publicKey());
  }

  @Test
  void aReplyLongerThanItMayBeIsRefused() throws Exception {
    server.beforeRegister =
        call -> {
          call.answer(200, new byte[Calls.MAX_REPLY_BYTES + 1]);
          return true;
        };
    client.login(LoginRequest.resume());
    assertTrue(events.next(ControlProblem.class).message().contains("more than 1048576 bytes"));
  }

  @Test
  void anotherStatusIsShownWithTheBeginningOfItsText() throws Exception {
    server.beforeRegister =
        call -> {
          call.answer(500, ("x".repeat(199) + "yz").getBytes(UTF_8));
          return true;
        };
    client.login(LoginRequest.resume());
    String message = events.next(ControlProblem.class).message();
    assertTrue(message.endsWith("500: " + "x".repeat(199) + "y"), message);
  }

  @Test
  void aServerThatIsAskedTooOftenIsLeftAlone() throws Exception {
    server.beforeRegister =
        call -> {
          call.answer(429, "retry-after", "3600", "slow down");
          return true;
        };
    client.login(LoginRequest.resume());
    assertTrue(events.next(ControlProblem.class).message().contains("429: slow down"));
    next(server.registrations);
    assertEquals(null, server.registrations.poll(300, TimeUnit.MILLISECONDS));
  }

  @Test
  void aStreamThatEndsIsOpenedAgainAndSaysEverythingAnew() throws Exception {
    FakeControl.Stream stream = loggedIn();
    stream.send(MapResponse.builder().peersChanged(List.of(node(2, "beta."))).build());
    assertEquals(1, events.next(NetworkMap.class).peers().size());
    stream.end();
    FakeControl.Stream again = next(server.streams);
    again.begin();
    again.send(first());
    assertEquals(0, events.next(NetworkMap.class).peers().size());
  }

  @Test
  void aConnectionThatBreaksIsAProblemUntilTheMapIsBack() throws Exception {
    loggedIn();
    server.cutConnections();
    assertFalse(events.next(ControlProblem.class).needsUser());
    FakeControl.Stream again = next(server.streams);
    again.begin();
    again.send(first());
    events.next(ClientRig.Recovered.class);
    events.next(NetworkMap.class);
  }

  @Test
  void aFirstMapWithoutTheNodeIsAProblem() throws Exception {
    client.login(LoginRequest.resume());
    FakeControl.Stream stream = next(server.streams);
    stream.begin();
    stream.send(MapResponse.builder().domain("d").build());
    assertTrue(events.next(ControlProblem.class).message().contains("does not say who we are"));
  }

  @Test
  void aMapMessageBeyondTheLimitIsAProblem() throws Exception {
    client.login(LoginRequest.resume());
    FakeControl.Stream stream = next(server.streams);
    stream.begin();
    stream.call().write(new byte[] {0, 0, 0, (byte) 0x80});
    assertTrue(events.next(ControlProblem.class).message().contains("2147483648 bytes"));
  }

  @Test
  void whatChangesIsToldBesideTheStream() throws Exception {
    loggedIn();
    assertEquals("alpha", next(server.updates).hostinfo().hostname());
    Endpoint endpoint = Endpoint.parse("192.0.2.1:41641");
    client.report(
        new NodeReport(
            host("alpha"), List.of(new ReportedEndpoint(endpoint, EndpointType.STUN)), DISCO));
    MapRequest update = next(server.updates);
    assertEquals(List.of("192.0.2.1:41641"), update.endpoints());
    assertEquals(List.of(2), update.endpointTypes());
    assertEquals(DISCO, update.discoKey());
    assertTrue(update.omitPeers());
    assertFalse(update.stream());
    client.report(
        new NodeReport(
            host("alpha"), List.of(new ReportedEndpoint(endpoint, EndpointType.STUN)), DISCO));
    client.report(new NodeReport(host("renamed"), List.of(), DISCO));
    assertEquals("renamed", next(server.updates).hostinfo().hostname(), "nothing for no change");
  }

  @Test
  void controlsOwnRequestsAreAnswered() throws Exception {
    FakeControl.Stream stream = loggedIn();
    PingRequest ping =
        PingRequest.builder()
            .url("https://unused/machine/ping/1?x=y")
            .types("c2n")
            .payload(Bytes.of("POST /echo HTTP/1.1\r\n\r\nhello".getBytes(UTF_8)))
            .build();
    stream.send(MapResponse.builder().keepAlive(true).pingRequest(ping).build());
    stream.send(MapResponse.builder().keepAlive(true).pingRequest(ping).build());
    FakeControl.Call answer = next(server.others);
    assertEquals("POST", answer.method);
    assertEquals("/machine/ping/1?x=y", answer.path);
    String text = new String(answer.body, UTF_8);
    assertTrue(text.startsWith("HTTP/1.1 200 OK\r\n"), text);
    assertTrue(text.endsWith("\r\n\r\nhello"), text);
    answer.answer(204, new byte[0]);
    assertEquals(null, server.others.poll(200, TimeUnit.MILLISECONDS), "the same URL only once");
  }

  @Test
  void otherRequestsGoOverTheSameConnection() throws Exception {
    loggedIn();
    Thread.ofVirtual()
        .start(() -> {
          try {
            FakeControl.Call call = next(server.others);
            call.answer(200, ("{\"path\":\"" + call.path + "\"}").getBytes(UTF_8));
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    ControlReply reply = client.request("POST", "/machine/set-dns", "{}".getBytes(UTF_8));
    assertEquals(200, reply.status());
    assertEquals("{\"path\":\"/machine/set-dns\"}", reply.text());
    assertEquals(1, server.peers.size());
  }

  @Test
  void logoutLetsTheKeyExpireAndForgetsIt() throws Exception {
    loggedIn();
    NodeKey key = memory.nodeKey().orElseThrow().publicKey();
    server.registrations.clear();
    client.logout();
    RegisterRequest logout = next(server.registrations);
    assertEquals(key, logout.nodeKey());
    assertEquals(Instant.ofEpochSecond(123), logout.expiry());
    assertEquals(Optional.empty(), memory.nodeKey());
    events.next(LoginState.LoggedOut.class);
  }

  @Test
  void aServerWithAnotherKeyIsToldNothingUntilTheUserLogsOutOfIt() throws Exception {
    loggedIn();
    MachineKey before = server.key();
    assertEquals(Optional.of(before), memory.serverKey(server.url()));
    client.close();
    server.changeKey();
    server.registrations.clear();
    client = connect();
    client.report(new NodeReport(host("alpha"), List.of(), DISCO));
    client.login(LoginRequest.resume());
    ControlProblem problem = events.next(ControlProblem.class);
    assertTrue(problem.needsUser());
    assertTrue(problem.message().contains("another key than before"), problem.message());
    assertEquals(1, problem.message().lines().count());
    assertTrue(server.registrations.isEmpty());
    client.logout();
    client.login(LoginRequest.interactive());
    events.next(LoginState.LoggedIn.class);
    assertEquals(Optional.of(server.key()), memory.serverKey(server.url()));
  }

  @Test
  void aKeyThatChangesWhileTheClientRunsIsNoticedToo() throws Exception {
    loggedIn();
    server.changeKey();
    server.cutConnections();
    ControlProblem problem = events.next(ControlProblem.class);
    while (!problem.needsUser()) {
      problem = events.next(ControlProblem.class);
    }
    assertTrue(problem.message().contains("another key than before"), problem.message());
  }

  @Test
  void aServerThatIsNotThereIsNamedInOneLine() throws Exception {
    URI url = server.url();
    server.close();
    client.login(LoginRequest.resume());
    String message = events.next(ControlProblem.class).message();
    // Reset: a listener that is just being closed still takes what is in its backlog.
    assertTrue(
        message.matches(
            "cannot connect to 127\\.0\\.0\\.1 port "
                + url.getPort()
                + ": Connection (refused|reset by peer)"),
        message);
  }

  @Test
  void aListenerThatThrowsDoesNotEndTheSession() throws Exception {
    FakeControl.Stream stream = loggedIn();
    events.throwing = true;
    stream.send(MapResponse.builder().domain("d").build());
    while (events.throwing) {
      Thread.onSpinWait();
    }
    client.reconnect();
    FakeControl.Stream again = next(server.streams);
    again.begin();
    again.send(first());
    events.next(NetworkMap.class);
  }

  @Test
  void whatIsNoControlServerIsNamed() throws Exception {
    client.close();
    client = new ControlClient(settings(server.url().resolve("/elsewhere")), memory, events);
    client.report(new NodeReport(host("alpha"), List.of(), DISCO));
    client.login(LoginRequest.resume());
    assertTrue(events.next(ControlProblem.class).message().contains("is it the right URL?"));
  }

  @Test
  void pausingEndsTheStreamAndResumingOpensIt() throws Exception {
    loggedIn();
    client.pause();
    client.resume();
    next(server.streams);
  }

  @Test
  void nothingIsSentAfterClosing() {
    client.close();
    assertThrows(
        ControlException.class, () -> client.request("GET", "/machine/whoami", new byte[0]));
  }

  private FakeControl.Stream loggedIn() throws InterruptedException {
    client.login(LoginRequest.resume());
    events.next(LoginState.LoggedIn.class);
    FakeControl.Stream stream = next(server.streams);
    stream.begin();
    stream.send(first());
    events.next(NetworkMap.class);
    return stream;
  }

  private ControlClient connect() throws Exception {
    return new ControlClient(settings(server.url()), memory, events);
  }

  private ControlSettings settings(URI url) throws Exception {
    return settings(url, ProxySettings.NONE);
  }

  private ControlSettings settings(URI url, ProxySettings proxies) throws Exception {
    return new ControlSettings(
        url,
        machine,
        loops,
        NioSocketChannel.class,
        SslContextBuilder.forClient().build(),
        new Uplink(SystemTrust.of(List.of()), proxies),
        bytes -> {
          synchronized (entropy) {
            entropy.fill(bytes);
          }
        },
        InstantSource.system(),
        new BasicC2n());
  }

  private static Hostinfo host(String name) {
    return Hostinfo.builder().hostname(name).build();
  }

  private static MapResponse first() {
    return MapResponse.builder().node(node(1, "alpha.")).build();
  }

  private static Node node(long id, String name) {
    return Node.builder()
        .id(id)
        .stableId("n" + id)
        .name(name)
        .key(NodeKey.parse("nodekey:" + "22".repeat(32)))
        .build();
  }
}
