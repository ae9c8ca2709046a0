package dev.weft.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Entropy;
import dev.weft.control.store.SqliteStore;
import dev.weft.control.tailnet.Tailnet;
import dev.weft.tailcfg.DerpMap;
import dev.weft.tailcfg.DerpNode;
import dev.weft.tailcfg.DerpRegion;
import dev.weft.tailcfg.MapRequest;
import dev.weft.tailcfg.MapResponse;
import dev.weft.tailcfg.QueryFeatureRequest;
import dev.weft.tailcfg.RegisterRequest;
import dev.weft.tailcfg.RegisterResponse;
import dev.weft.tailcfg.SetDnsRequest;
import dev.weft.testkit.SeededEntropy;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The whole server over loopback.
@Timeout(60)
final class ControlServerTest {
  static final Instant NOW = Instant.parse("2026-11-01T10:11:12Z");

  @TempDir Path dir;
  private final Entropy entropy = new SeededEntropy(11)::fill;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private ControlServer server;

  @BeforeEach
  void start() throws IOException {
    server = ControlServer.start(settings(dir.resolve("state")));
  }

  @AfterEach
  void stop() {
    server.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void twoNodesJoinAndHearOfEachOther() throws Exception {
    String key = reusableKey();
    try (TestNode a = node();
        TestNode b = node()) {
      assertTrue(a.register("a", key).machineAuthorized());
      assertTrue(b.register("b", key).machineAuthorized());
      try (TestNode.MapStream ofA = a.stream()) {
        MapResponse first = ofA.next();
        assertEquals("a.home.weft.", first.node().name());
        assertEquals("b.home.weft.", first.peers().getFirst().name());
        assertEquals(false, first.peers().getFirst().online());
        try (TestNode.MapStream ofB = b.stream()) {
          assertEquals(true, ofB.next().peers().getFirst().online());
          // B's stream told its disco key, and that it is there.
          MapResponse news = ofA.next();
          while (news.peersChangedPatch().stream()
              .noneMatch(p -> Boolean.TRUE.equals(p.online()))) {
            news = ofA.next();
          }
        }
      }
    }
  }

  @Test
  void aLiteUpdateReachesPeersAndLeavesTheStreamAlone() throws Exception {
    String key = reusableKey();
    try (TestNode a = node();
        TestNode b = node()) {
      a.register("a", key);
      b.register("b", key);
      try (TestNode.MapStream ofA = a.stream()) {
        ofA.next();
        TestNode.Answer answer =
            b.post(
                "/machine/map",
                MapRequest.JSON,
                b.mapRequest().omitPeers(true).endpoints(List.of("192.0.2.7:41641")).build());
        assertEquals(200, answer.status());
        assertEquals(0, answer.text().strip().length());
        assertEquals(
            "192.0.2.7:41641",
            ofA.next().peersChangedPatch().getFirst().endpoints().getFirst().toString());
      }
    }
  }

  @Test
  void aNewerStreamReplacesTheOlderOne() throws Exception {
    try (TestNode a = node()) {
      a.register("a", reusableKey());
      try (TestNode.MapStream older = a.stream()) {
        older.next();
        try (TestNode.MapStream newer = a.stream()) {
          assertNotNull(newer.next().node());
          assertTrue(older.isAtEnd());
        }
      }
    }
  }

  @Test
  void aRequestWithoutStreamGetsOneFrame() throws Exception {
    try (TestNode a = node()) {
      a.register("a", reusableKey());
      TestNode.Answer answer =
          a.post("/machine/map", MapRequest.JSON, a.mapRequest().compress("").build());
      int length = answer.body().at(0) & 0xff | (answer.body().at(1) & 0xff) << 8;
      assertEquals(answer.body().length() - 4, length);
      assertTrue(answer.text().contains("\"a.home.weft.\""));
    }
  }

  @Test
  void aNodeKeyOfAnotherMachineOpensNothing() throws Exception {
    String key = reusableKey();
    try (TestNode victim = node();
        TestNode thief =
            TestNode.connect(
                loops,
                server.address(),
                server.publicKey(),
                dev.weft.keys.MachinePrivateKey.generate(entropy),
                victim.nodeKey,
                entropy)) {
      victim.register("a", key);
      assertEquals(
          404,
          thief
              .post("/machine/map", MapRequest.JSON, thief.mapRequest().stream(true).build())
              .status());
      assertEquals(
          403,
          thief
              .post(
                  "/machine/set-dns",
                  SetDnsRequest.JSON,
                  new SetDnsRequest(113, thief.nodeKey, "_acme-challenge.x", "TXT", "v"))
              .status());
      assertEquals(
          403,
          thief
              .post(
                  "/machine/feature/query",
                  QueryFeatureRequest.JSON,
                  new QueryFeatureRequest("serve", thief.nodeKey))
              .status());
      assertTrue(thief.register("b", key).error().contains("different machine"));
    }
  }

  @Test
  void whatIsNotOfferedSaysSoAndWhatIsBrokenIsRefused() throws Exception {
    try (TestNode a = node()) {
      a.register("a", reusableKey());
      assertEquals(501, a.post("/machine/id-token", new byte[0]).get().status());
      assertEquals(404, a.post("/machine/nonsense", new byte[0]).get().status());
      assertEquals(400, a.post("/machine/map", new byte[] {'{'}).get().status());
      assertEquals(413, a.post("/machine/map", new byte[300_000]).get().status());
      assertEquals(
          501,
          a.post(
                  "/machine/set-dns",
                  SetDnsRequest.JSON,
                  new SetDnsRequest(113, a.nodeKey, "_acme-challenge.x", "TXT", "v"))
              .status());
      assertTrue(
          a.post(
                  "/machine/feature/query",
                  QueryFeatureRequest.JSON,
                  new QueryFeatureRequest("serve", a.nodeKey))
              .text()
              .contains("no certificates"));
    }
  }

  @Test
  void aLoginWaitsForTheAdminsWord() throws Exception {
    server.ensureUser("ann");
    try (TestNode a = node()) {
      RegisterRequest request = a.registerRequest("a").build();
      String url = a.register(request).authUrl();
      CompletableFuture<RegisterResponse> followup =
          a.registerLater(request.toBuilder().followup(url).build());
      String id = url.substring(url.lastIndexOf('/') + 1);
      assertTrue(get("/register/" + id).body().contains("auth approve " + id + " --user USER"));
      assertFalse(followup.isDone());
      assertEquals(0, admin("nodes", "register", "--user", "ann", id));
      assertTrue(followup.get(20, TimeUnit.SECONDS).machineAuthorized());
      assertEquals(404, get("/register/" + id).statusCode());
    }
  }

  @Test
  void oneRequestIsHeldForALoginAndANewerOneReplacesIt() throws Exception {
    try (TestNode a = node()) {
      RegisterRequest request = a.registerRequest("a").build();
      String url = a.register(request).authUrl();
      RegisterRequest followup = request.toBuilder().followup(url).build();
      CompletableFuture<RegisterResponse> older = a.registerLater(followup);
      CompletableFuture<RegisterResponse> newer = a.registerLater(followup);
      // Which of them comes later is the threads' affair.
      CompletableFuture.anyOf(older, newer).get(20, TimeUnit.SECONDS);
      CompletableFuture<RegisterResponse> replaced = older.isDone() ? older : newer;
      assertEquals(url, replaced.get().authUrl());
      assertFalse(older.isDone() && newer.isDone());
    }
  }

  @Test
  void aRegistrationOfUnusualSizeIsRefused() throws Exception {
    try (TestNode a = node()) {
      byte[] body = ("{\"x\":\"" + "y".repeat(64 * 1024) + "\"}").getBytes(UTF_8);
      assertEquals(413, a.post("/machine/register", body).get(20, TimeUnit.SECONDS).status());
    }
  }

  @Test
  void aDeletedNodeLosesItsStream() throws Exception {
    try (TestNode a = node()) {
      a.register("a", reusableKey());
      try (TestNode.MapStream stream = a.stream()) {
        stream.next();
        assertEquals(0, admin("nodes", "delete", "a"));
        assertTrue(stream.isAtEnd());
      }
      assertEquals(
          404,
          a.post("/machine/map", MapRequest.JSON, a.mapRequest().stream(true).build()).status());
    }
  }

  @Test
  void everythingIsThereAfterARestart() throws Exception {
    String key = reusableKey();
    try (TestNode a = node()) {
      a.register("a", key);
      var publicKey = server.publicKey();
      server.close();
      server = ControlServer.start(settings(dir.resolve("state")));
      assertEquals(publicKey, server.publicKey());
      try (TestNode again =
          TestNode.connect(loops, server.address(), publicKey, a.machine, a.nodeKey, entropy)) {
        assertTrue(again.register(again.registerRequest("a").build()).machineAuthorized());
        try (TestNode.MapStream stream = again.stream()) {
          assertEquals("100.64.0.1/32", stream.next().node().addresses().getFirst().toString());
        }
      }
    }
  }

  @Test
  void openEndpointsAnswerOverPlainHttp() throws Exception {
    HttpResponse<String> key = get("/key?v=113");
    assertEquals(200, key.statusCode());
    assertTrue(key.body().contains("\"publicKey\":\"" + server.publicKey() + "\""));
    assertTrue(key.body().contains("\"legacyPublicKey\":\"mkey:"));
    assertEquals(200, get("/health").statusCode());
    assertEquals(404, get("/register/0123").statusCode());
    assertEquals(404, get("/nonsense").statusCode());
  }

  @Test
  void aRelayLearnsWhomItMayServe() throws Exception {
    try (TestNode a = node();
        TestNode stranger = node()) {
      a.register("a", reusableKey());
      assertEquals("{\"Allow\":true}", verify(a.nodeKey.toString()));
      assertEquals("{\"Allow\":false}", verify(stranger.nodeKey.toString()));
      assertEquals(0, admin("nodes", "expire", "a"));
      assertEquals("{\"Allow\":false}", verify(a.nodeKey.toString()));
    }
  }

  /// Whoever is first: the one node that a one-off key lets in is one, on disk too.
  @Test
  void aOneOffKeyLetsInOneOfManyThatUseItAtOnce() throws Exception {
    server.ensureUser("ann");
    String key =
        server.createAuthKey(
            new Tailnet.AuthKeySpec("ann", false, false, List.of(), Duration.ofHours(1)));
    List<TestNode> nodes = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      nodes.add(node());
    }
    List<CompletableFuture<RegisterResponse>> answers = new ArrayList<>();
    for (TestNode node : nodes) {
      answers.add(node.registerLater(node.requestWith(key, "n")));
    }
    int letIn = 0;
    for (CompletableFuture<RegisterResponse> answer : answers) {
      RegisterResponse response = answer.get(30, TimeUnit.SECONDS);
      if (response.machineAuthorized()) {
        letIn++;
      } else {
        assertEquals("authkey already used", response.error());
      }
    }
    assertEquals(1, letIn);
    nodes.forEach(TestNode::close);
    server.close();
    try (SqliteStore store = SqliteStore.open(dir.resolve("state/control.db"))) {
      assertEquals(1, store.load().nodes().size());
    }
  }

  @Test
  void aMachineThatAsksWithoutEndIsHeldBack() throws Exception {
    try (TestNode a = node()) {
      a.register("a", reusableKey());
      int refused = 0;
      for (int i = 0; i < 150; i++) {
        TestNode.Answer answer =
            a.post(
                "/machine/map",
                MapRequest.JSON,
                a.mapRequest().omitPeers(true).endpoints(List.of("192.0.2.7:" + (1 + i))).build());
        if (answer.status() == 429) {
          refused++;
        }
      }
      assertTrue(refused > 0);
      try (TestNode b = node()) {
        assertTrue(b.register("b", reusableKey()).machineAuthorized());
      }
    }
  }

  @Test
  void oneServerHoldsAStateFolder() {
    IOException e =
        assertThrows(IOException.class, () -> ControlServer.start(settings(dir.resolve("state"))));
    assertTrue(e.getMessage().contains("another control plane"), e.getMessage());
  }

  @Test
  void aLostKeyIsNotReplacedInSilence() throws Exception {
    server.close();
    Files.delete(dir.resolve("state").resolve("noise.key"));
    IOException e =
        assertThrows(IOException.class, () -> ControlServer.start(settings(dir.resolve("state"))));
    assertTrue(e.getMessage().contains("backup"), e.getMessage());
  }

  @Test
  void adminsSeeAndChangeTheTailnetWhileItRuns() throws Exception {
    assertEquals(0, admin("users", "create", "ann", "--display-name", "Ann"));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertEquals(0, admin(out, "keys", "create", "--user", "ann"));
    String key = out.toString(UTF_8).strip();
    assertTrue(key.matches("weft-auth-[0-9a-f]{64}"), key);
    try (TestNode a = node()) {
      assertTrue(a.register("laptop", key).machineAuthorized());
      assertEquals(0, admin("nodes", "rename", "laptop", "work"));
      assertEquals(0, admin("nodes", "expiry", "work", "--in", "90d"));
      out.reset();
      assertEquals(0, admin(out, "nodes", "list", "--json"));
      assertTrue(out.toString(UTF_8).contains("\"name\":\"work\""), out.toString(UTF_8));
      assertTrue(out.toString(UTF_8).contains("\"keyExpiry\":\""), out.toString(UTF_8));
      assertEquals(0, admin("nodes", "expire", "100.64.0.1"));
      out.reset();
      assertEquals(0, admin(out, "nodes", "list"));
      assertTrue(out.toString(UTF_8).contains("logged out"), out.toString(UTF_8));
    }
    assertEquals(0, admin("keys", "revoke", "1"));
    assertEquals(1, admin("keys", "revoke", "99"));
    assertEquals(1, admin("users", "delete", "ann"));
    assertEquals(0, admin("nodes", "delete", "1"));
    assertEquals(0, admin("users", "delete", "ann"));
    assertEquals(2, admin("nodes", "explode"));
  }

  @Test
  void aTimeThatNobodyCanMeanIsRefused() throws Exception {
    assertEquals(0, admin("users", "create", "ann"));
    String key =
        server.createAuthKey(new Tailnet.AuthKeySpec("ann", false, false, List.of(), null));
    for (String time : List.of("0s", "1ms", "40000d")) {
      assertEquals(1, admin("keys", "create", "--user", "ann", "--expiration", time), time);
    }
    try (TestNode a = node()) {
      a.register("laptop", key);
      for (String time : List.of("0s", "40000d")) {
        assertEquals(1, admin("nodes", "expiry", "laptop", "--in", time), time);
      }
    }
  }

  @Test
  void everyCommandExplainsItself() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertEquals(0, admin(out, "keys", "create", "--help"));
    String text = out.toString(UTF_8);
    assertTrue(text.startsWith("Usage: weft control keys create --user NAME"), text);
    assertTrue(text.contains("--never"), text);
    assertFalse(text.contains("keys list"), text);
  }

  @Test
  void aKeyThatShouldEndAndNeverEndIsRefused() throws Exception {
    assertEquals(0, admin("users", "create", "ann"));
    assertEquals(1, admin("keys", "create", "--user", "ann", "--never", "--expiration", "1h"));
  }

  @Test
  void aNodeCannotCommandTheTerminalOfTheAdmin() throws Exception {
    assertEquals(0, admin("users", "create", "ann"));
    String key =
        server.createAuthKey(new Tailnet.AuthKeySpec("ann", false, false, List.of(), null));
    try (TestNode a = node()) {
      RegisterRequest request = a.requestWith(key, "laptop");
      String os = "\u001b]0;owned\u0007\u009b2J\n" + "x".repeat(10_000);
      a.register(
          request.toBuilder().hostinfo(request.hostinfo().toBuilder().os(os).build()).build());
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      assertEquals(0, admin(out, "nodes", "list"));
      String table = out.toString(UTF_8);
      assertTrue(table.contains("?]0;owned"), table);
      assertTrue(table.chars().noneMatch(c -> c != '\n' && Character.isISOControl(c)), table);
      assertTrue(table.length() < 2_000, table);
    }
  }

  static ControlSettings settings(Path stateDir) {
    return ControlSettings.builder()
        .stateDir(stateDir)
        .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .url(URI.create("http://127.0.0.1:1"))
        .domain("home.weft")
        .derpMap(derpMap())
        .build();
  }

  static DerpMap derpMap() {
    DerpRegion region =
        DerpRegion.builder()
            .regionId(900)
            .regionCode("t")
            .regionName("T")
            .nodes(
                List.of(DerpNode.builder().name("900a").regionId(900).hostName("d.test").build()))
            .build();
    return DerpMap.builder().regions(new TreeMap<>(Map.of(900, region))).build();
  }

  private TestNode node() throws Exception {
    return TestNode.connect(loops, server.address(), server.publicKey(), entropy);
  }

  private String reusableKey() {
    server.ensureUser("ann");
    return server.createAuthKey(
        new Tailnet.AuthKeySpec("ann", true, false, List.of(), Duration.ofHours(1)));
  }

  private String verify(String nodeKey) throws Exception {
    String body = "{\"NodePublic\":\"" + nodeKey + "\",\"Source\":\"192.0.2.1\"}";
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + "/verify");
      HttpRequest request =
          HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(body)).build();
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
  }

  private HttpResponse<String> get(String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
      return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private int admin(String... args) {
    return admin(new ByteArrayOutputStream(), args);
  }

  private int admin(ByteArrayOutputStream out, String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.add("--statedir");
    all.add(dir.resolve("state").toString());
    PrintStream print = new PrintStream(out, true, UTF_8);
    return ControlCommand.run(all, print, print);
  }
}
