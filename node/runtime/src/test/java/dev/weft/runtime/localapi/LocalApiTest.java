package dev.weft.runtime.localapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.ipn.MaskedPrefs;
import dev.weft.ipn.Options;
import dev.weft.ipn.Pref;
import dev.weft.ipn.Status;
import dev.weft.ipn.WatchOption;
import dev.weft.json.Json;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is answered to whom, without sockets.
class LocalApiTest {
  private static final String NEW_HOSTNAME =
      Json.encodeToText(MaskedPrefs.JSON, MaskedPrefs.NONE.with(Pref.HOSTNAME, "x"));

  private final MemoryBackend backend = new MemoryBackend();
  private final LocalApi api = new LocalApi(backend);

  @BeforeEach
  void logIn() {
    backend.logIn();
  }

  @Test
  void theRootNamesTheDaemon() {
    assertEquals("tailscaled\n", get("/").body());
  }

  @ParameterizedTest
  @CsvSource({
    "Origin,http://evil.test",
    "Referer,http://evil.test/",
    "Host,evil.test",
    "Host,localhost:80"
  })
  void whatABrowserSendsIsRefused(String header, String value) {
    Answer.Full answer = full("GET", "/localapi/v0/status", "", Map.of(header, value), Access.FULL);

    assertEquals(Answer.FORBIDDEN, answer.status());
    assertEquals("invalid localapi request\n", answer.body());
  }

  @Test
  void theHostOfTheClientsOfThisInterfaceIsAccepted() {
    Map<String, String> host = Map.of("Host", "local-tailscaled.sock");

    assertEquals(Answer.OK, full("GET", "/localapi/v0/status", "", host, Access.FULL).status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/localapi/v0/nosuch",
        "/localapi/v1/status",
        "/x",
        "/localapi/v0/",
        "/localapi/v0/status/"
      })
  void anUnknownPathIsNotFound(String path) {
    assertEquals(Answer.NOT_FOUND, get(path).status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status",
        "prefs",
        "whois?addr=100.64.0.2",
        "serve-config",
        "usermetrics",
        "derpmap"
      })
  void everybodyMayRead(String endpoint) {
    assertEquals(
        Answer.OK,
        full("GET", "/localapi/v0/" + endpoint, "", Map.of(), Access.READ_ONLY).status());
  }

  @ParameterizedTest
  @CsvSource({
    "PATCH,prefs,prefs write access denied",
    "POST,check-prefs,checkprefs access denied",
    "POST,start,access denied",
    "POST,login-interactive,login access denied",
    "POST,logout,logout access denied",
    "POST,serve-config,serve config denied",
    "GET,profiles/current,profiles access denied",
    "GET,metrics,metric access denied",
    "POST,shutdown,shutdown access denied"
  })
  void whoMayOnlyReadChangesNothing(String method, String endpoint, String text) {
    Answer.Full answer = full(method, "/localapi/v0/" + endpoint, "{}", Map.of(), Access.READ_ONLY);

    assertEquals(Answer.FORBIDDEN, answer.status());
    assertEquals(text + '\n', answer.body());
    assertEquals(1, backend.shutDown.getCount());
  }

  @ParameterizedTest
  @CsvSource({
    "POST,status,405", "PUT,prefs,405", "GET,check-prefs,405", "GET,start,400",
        "DELETE,serve-config,405",
    "GET,query-feature,405", "GET,ping,400", "GET,dial,405", "GET,shutdown,405", "POST,derpmap,400"
  })
  void aWrongMethodIsSaidToBeWrong(String method, String endpoint, int status) {
    assertEquals(
        status, full(method, "/localapi/v0/" + endpoint, "", Map.of(), Access.FULL).status());
  }

  @Test
  void aStatusHasPeersUnlessTheyAreNotWanted() throws IOException {
    Status all = Json.decode(Status.JSON, get("/localapi/v0/status").body());
    Status self = Json.decode(Status.JSON, get("/localapi/v0/status?peers=false").body());

    assertEquals(1, all.peers().size());
    assertTrue(self.peers().isEmpty());
  }

  @Test
  void aChangeOfSettingsAnswersWithTheNewOnes() {
    Answer.Full answer = send("PATCH", "prefs", NEW_HOSTNAME);

    assertEquals(Answer.OK, answer.status());
    assertTrue(answer.body().contains("\t\"Hostname\": \"x\""), answer.body());
    assertEquals("x", backend.prefs().hostname());
  }

  @Test
  void aRefusedChangeSaysWhy() {
    String ssh = Json.encodeToText(MaskedPrefs.JSON, MaskedPrefs.NONE.with(Pref.RUN_SSH, true));

    Answer.Full answer = send("PATCH", "prefs", ssh);

    assertEquals(Answer.BAD_REQUEST, answer.status());
    assertEquals("{\"Error\":\"this node has no SSH server\"}\n", answer.body());
  }

  @Test
  void aDryRunReportsTheErrorAsItsResult() {
    Answer.Full fine = send("POST", "check-prefs", "{}");
    Answer.Full wrong = send("POST", "check-prefs", "{\"RunSSH\":true}");

    assertEquals("{}\n", fine.body());
    assertEquals(Answer.OK, wrong.status());
    assertEquals("{\"Error\":\"this node has no SSH server\"}\n", wrong.body());
  }

  @ParameterizedTest
  @CsvSource({"PATCH,prefs", "POST,check-prefs", "POST,start"})
  void aBodyThatIsNoJsonIsABadRequest(String method, String endpoint) {
    assertEquals(Answer.BAD_REQUEST, send(method, endpoint, "{").status());
  }

  @Test
  void startTakesSettingsAndAKey() {
    MemoryBackend fresh = new MemoryBackend();
    String options =
        Json.encodeToText(
            Options.JSON,
            new Options(fresh.prefs().with(Pref.HOSTNAME, "h"), MemoryBackend.GOOD_KEY));

    Answer.Full answer =
        answer(new LocalApi(fresh), "POST", "/localapi/v0/start", options, Map.of(), Access.FULL);

    assertEquals(Answer.NO_CONTENT, answer.status());
    assertEquals("h", fresh.prefs().hostname());
    assertTrue(fresh.prefs().wantRunning());
  }

  @Test
  void whoIsKnowsAddressesAndKeys() {
    for (String addr :
        new String[] {"100.64.0.2", "100.64.0.2:443", MemoryBackend.PEER_KEY.toString()}) {
      assertTrue(get("/localapi/v0/whois?addr=" + addr).body().contains("b.lab.net."), addr);
    }
    assertEquals(Answer.NOT_FOUND, get("/localapi/v0/whois?addr=1.2.3.4").status());
    assertEquals(Answer.BAD_REQUEST, get("/localapi/v0/whois").status());
    assertEquals(Answer.BAD_REQUEST, get("/localapi/v0/whois?addr=nonsense").status());
    assertEquals(Answer.BAD_REQUEST, get("/localapi/v0/whois?addr=nodekey:1").status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "?ip=x&type=disco",
        "?ip=100.64.0.2",
        "?ip=100.64.0.2&type=smoke",
        "?ip=100.64.0.2&type=disco&size=-1",
        "?ip=100.64.0.2&type=disco&size=8973",
        "?ip=100.64.0.2&type=TSMP&size=100",
        "?ip=100.64.0.2&type=disco&size=x"
      })
  void aPingThatCannotBeSentIsABadRequest(String query) {
    assertEquals(
        Answer.BAD_REQUEST,
        full("POST", "/localapi/v0/ping" + query, "", Map.of(), Access.READ_ONLY).status());
  }

  @Test
  void aPingAnswersWithThePath() {
    Answer.Full answer = send("POST", "ping?ip=100.64.0.2&type=disco&size=0", "");

    assertTrue(answer.body().contains("\"Endpoint\":\"203.0.113.102:41641\""), answer.body());
  }

  @Test
  void theServeConfigIsReplacedOnlyWhileItsTagIsRight() {
    Answer.Full none = get("/localapi/v0/serve-config");
    assertEquals("null", none.body());
    assertEquals(
        "74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b",
        none.headers().get("Etag"));

    String config = "{\"TCP\":{\"80\":{\"HTTP\":true}}}";
    Map<String, String> tag = Map.of("If-Match", none.headers().get("Etag"));
    String path = "/localapi/v0/serve-config";
    assertEquals(Answer.OK, full("POST", path, config, tag, Access.FULL).status());
    assertEquals(config, get(path).body());
    Answer.Full late = full("POST", path, "{}", tag, Access.FULL);
    assertEquals(Answer.PRECONDITION_FAILED, late.status());
    assertEquals("etag mismatch\n", late.body());
    assertEquals(Answer.OK, full("POST", path, "{}", Map.of(), Access.FULL).status());
  }

  @Test
  void onlyAnAdministratorServesFilesAndSockets() {
    String files = "{\"Web\":{\"a:80\":{\"Handlers\":{\"/\":{\"Path\":\"/etc\"}}}}}";
    String path = "/localapi/v0/serve-config";

    Answer.Full answer = full("POST", path, files, Map.of(), Access.OPERATOR);

    assertEquals(Answer.UNAUTHORIZED, answer.status());
    assertEquals("null", backend.serveConfig());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'Web':{'a:80':{'Handlers':{'/':{'Path':'/etc'}}}}} | serving files and folders",
        "{'Foreground':{'1':{'Web':{'a:80':{'Handlers':{'/':{'Path':'/e'}}}}}}} | serving files and folders",
        "{'Web':{'a:80':{'Handlers':{'/':{'Proxy':'unix:/x'}}}}} | serving a Unix socket",
        "{'Web':{'a:80':{'Handlers':{'/':{'Proxy':'http://a','AcceptAppCaps':['a/b']}}}}} | app capabilities",
        "{'TCP':{'5':{'TCPForward':'unix:/x'}}} | forwarding to a Unix socket",
        "{'TCP':{'443':{'HTTPS':true}}} | port 443 cannot be served with TLS",
        "{'TCP':{'5':{'TCPForward':'a:1','TerminateTLS':'a'}}} | port 5 cannot be served with TLS",
        "{'AllowFunnel':{'a:443':true}} | Funnel is not part",
        "{'Services':{'svc:x':{'Tun':true}}} | VIP service",
      },
      quoteCharacter = '`')
  void whatIsNotServedIsRefusedAndNotKept(String config, String why) {
    Answer.Full answer = send("POST", "serve-config", config.replace('\'', '"'));

    assertEquals(Answer.INTERNAL_SERVER_ERROR, answer.status());
    assertTrue(answer.body().startsWith("{\"error\":\"updating config: "), answer.body());
    assertTrue(answer.body().contains(why), answer.body());
    assertEquals("null", backend.serveConfig());
  }

  @Test
  void whatAnotherVersionServedDoesNotPreventOtherChanges() throws BackendException {
    String old = "{\"TCP\":{\"443\":{\"HTTPS\":true}}}";
    backend.replaceServeConfig("null", old);
    String more = "{\"TCP\":{\"443\":{\"HTTPS\":true},\"80\":{\"HTTP\":true}}}";

    assertEquals(Answer.OK, send("POST", "serve-config", more).status());
    assertEquals(more, backend.serveConfig());
  }

  @Test
  void aServeConfigThatIsNoneIsAnErrorInJson() {
    Answer.Full answer = send("POST", "serve-config", "{\"TCP\":1}");

    assertEquals(Answer.INTERNAL_SERVER_ERROR, answer.status());
    assertTrue(answer.body().startsWith("{\"error\":\"decoding config: "), answer.body());
  }

  @Test
  void aWatchHasTheOptionsOfItsMask() throws InterruptedException {
    Answer answer =
        api.answer(
            request("GET", "/localapi/v0/watch-ipn-bus?mask=6", "", Map.of()), Access.READ_ONLY);

    assertEquals(
        Set.of(WatchOption.INITIAL_STATE, WatchOption.INITIAL_PREFS),
        assertInstanceOf(Answer.Events.class, answer).options());
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "65536", "4352"})
  void aMaskThatMakesNoSenseIsABadRequest(String mask) {
    assertEquals(Answer.BAD_REQUEST, get("/localapi/v0/watch-ipn-bus?mask=" + mask).status());
  }

  @Test
  void aDestinationOutsideTheTailnetIsForTheCallerToDial() {
    Answer.Full answer = dial("192.0.2.1", "80", "upgrade");

    assertEquals(Answer.OK, answer.status());
    assertEquals("true", answer.headers().get("Dial-Self"));
    assertEquals("192.0.2.1:80", answer.headers().get("Dial-Addr"));
  }

  @Test
  void aDialThatCannotBegin() {
    assertEquals(Answer.BAD_GATEWAY, dial("nosuch", "80", "upgrade").status());
    assertEquals(Answer.BAD_REQUEST, dial("b", "80", "close").status());
    assertEquals(Answer.BAD_REQUEST, dial("b", "70000", "upgrade").status());
    assertEquals(Answer.BAD_REQUEST, dial("", "80", "upgrade").status());
  }

  @Test
  void aDestinationOnTheTailnetIsDialled() throws InterruptedException {
    Request request =
        request(
            "POST",
            "/localapi/v0/dial",
            "",
            Map.of(
                "Connection",
                "Upgrade",
                "Upgrade",
                "ts-dial",
                "Dial-Host",
                "b",
                "Dial-Port",
                "22"));

    assertEquals(new Answer.Dial("b", 22), api.answer(request, Access.READ_ONLY));
  }

  @Test
  void theOneProfileIsTheLogin() {
    assertTrue(
        get("/localapi/v0/profiles/current").body().contains("\"LoginName\":\"lab@example.com\""));
    assertFalse(get("/localapi/v0/profiles/").body().contains("null"));
    backend.logout();
    assertEquals("null\n", get("/localapi/v0/profiles/").body());
  }

  @Test
  void shutdownIsPassedOn() {
    assertEquals(Answer.OK, send("POST", "shutdown", "").status());
    assertEquals(0, backend.shutDown.getCount());
  }

  private Answer.Full dial(String host, String port, String connection) {
    return full(
        "POST",
        "/localapi/v0/dial",
        "",
        Map.of(
            "Connection", connection, "Upgrade", "ts-dial", "Dial-Host", host, "Dial-Port", port),
        Access.READ_ONLY);
  }

  private Answer.Full get(String path) {
    return full("GET", path, "", Map.of(), Access.FULL);
  }

  private Answer.Full send(String method, String endpoint, String body) {
    return full(method, "/localapi/v0/" + endpoint, body, Map.of(), Access.FULL);
  }

  private Answer.Full full(
      String method, String uri, String body, Map<String, String> headers, Access access) {
    return answer(api, method, uri, body, headers, access);
  }

  private static Answer.Full answer(
      LocalApi api,
      String method,
      String uri,
      String body,
      Map<String, String> headers,
      Access access) {
    try {
      return assertInstanceOf(
          Answer.Full.class, api.answer(request(method, uri, body, headers), access));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Request request(
      String method, String uri, String body, Map<String, String> headers) {
    QueryStringDecoder decoded = new QueryStringDecoder(uri);
    Map<String, String> lower = new HashMap<>();
    headers.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
    return new Request(method, decoded.path(), decoded.parameters(), lower, body);
  }
}
