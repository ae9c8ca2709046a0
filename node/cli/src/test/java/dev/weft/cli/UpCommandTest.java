package dev.weft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.ipn.Options;
import dev.weft.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class UpCommandTest {
  private static final String LOGGED_IN =
      """
      {"ControlURL":"https://c.test","CorpDNS":true,"NetfilterMode":2,"WantRunning":true,"Hostname":"box",
       "Config":{"UserProfile":{"ID":1,"LoginName":"alice@c.test"},"NodeID":"n"}}\
      """;

  private Path folder;
  private FakeDaemon daemon;

  @BeforeEach
  void start(@TempDir Path temporary) throws IOException {
    folder = temporary;
    daemon =
        new FakeDaemon(socket())
            .answer("GET prefs", 200, "{\"CorpDNS\":true,\"NetfilterMode\":2,\"LoggedOut\":true}")
            .answer("PATCH prefs", 200, "{}")
            .answer("POST check-prefs", 200, "{}")
            .answer("POST start", 204, "")
            .answer("POST login-interactive", 204, "");
    state("NeedsLogin", false);
  }

  @AfterEach
  void stop() throws IOException {
    daemon.close();
  }

  @Test
  void aFirstLoginAsksInTheOrderOfTheOriginal() throws IOException {
    daemon.events("{\"State\":2}", "{\"LoginFinished\":{}}", "{\"State\":6}").withoutEnd();

    CliRun run = up("--login-server=https://c.test", "--auth-key=KEY", "--hostname=a");

    assertEquals(new CliRun(0, "", ""), run);
    List<String> paths = daemon.requests().stream().map(r -> r.replaceAll(" \\{.*", "")).toList();
    assertEquals(
        List.of(
            "GET status?peers=false",
            "GET prefs",
            "GET watch-ipn-bus?mask=130",
            "POST check-prefs",
            "POST start",
            "POST login-interactive"),
        paths);
    Options options = started();
    assertEquals("KEY", options.authKey());
    assertEquals("https://c.test", options.updatePrefs().controlUrl());
    assertEquals("a", options.updatePrefs().hostname());
    assertTrue(options.updatePrefs().wantRunning());
    assertTrue(options.updatePrefs().corpDns());
  }

  @Test
  void withoutAKeyThePageToVisitIsPrintedOnce() {
    daemon.events(
        "{\"BrowseToURL\":\"https://c.test/r/1\"}",
        "{\"BrowseToURL\":\"https://c.test/r/1\"}",
        "{\"State\":6}");

    CliRun run = up("--login-server=https://c.test");

    assertEquals(
        new CliRun(0, "", "\nTo authenticate, visit:\n\n\thttps://c.test/r/1\n\nSuccess.\n"), run);
  }

  @Test
  void withAKeyNoPageIsPrinted() {
    daemon.events("{\"BrowseToURL\":\"https://c.test/r/1\"}", "{\"State\":6}");

    assertEquals(new CliRun(0, "", ""), up("--login-server=https://c.test", "--auth-key=K"));
  }

  @Test
  void progressCanBeJson() {
    daemon.events("{\"BrowseToURL\":\"https://c.test/r/1\"}", "{\"State\":6}");

    assertEquals(
        """
        {
        \t"AuthURL": "https://c.test/r/1",
        \t"BackendState": "NeedsLogin"
        }
        {
        \t"BackendState": "Running"
        }
        """,
        up("--login-server=https://c.test", "--json").out());
  }

  @Test
  void anErrorOfTheBackendEndsItInOneLine() {
    daemon.events("{\"ErrMessage\":\"the auth key is used up\"}").withoutEnd();

    assertEquals(
        new CliRun(1, "", "backend error: the auth key is used up\n"),
        up("--login-server=https://c.test", "--auth-key=OLD"));
  }

  @Test
  void aProblemThatOnlyTheUserCanSolveEndsItAtOnce() {
    daemon.events(health("high", "The control server has another key than before.")).withoutEnd();

    assertEquals(
        new CliRun(1, "", "The control server has another key than before.\n"),
        up("--login-server=https://c.test"));
  }

  @Test
  void aProblemFromBeforeIsGivenTheChanceToPass() {
    String old = "The auth key is used up.";
    daemon
        .warnings(warnings("high", old))
        .events(health("high", old), "{\"Health\":{\"Warnings\":null}}", "{\"State\":6}")
        .withoutEnd();

    assertEquals(new CliRun(0, "", ""), up("--login-server=https://c.test", "--auth-key=NEW"));
  }

  @Test
  void aProblemThatMayPassIsWaitedForWithinTheLimit() {
    daemon
        .events(health("medium", "No contact with the control server: connection refused"))
        .withoutEnd();
    daemon.answer(
        "GET status", 200, "{\"BackendState\":\"Starting\",\"Health\":[\"No contact.\"]}");

    assertEquals(
        new CliRun(
            1, "", "timeout: not connected yet, state Starting: No contact.; see 'weft status'\n"),
        up("--login-server=https://c.test", "--timeout=100ms"));
  }

  @Test
  void withoutALimitPatienceEndsAndTheProblemIsNamed() throws Exception {
    daemon.events(health("medium", "No contact with c.test: connection refused")).withoutEnd();
    UpCommand command = new UpCommand(Duration.ofMillis(50));
    command.flags().parse(List.of("--login-server=https://c.test"));

    Failure failure =
        assertThrows(
            Failure.class,
            () -> command.run(List.of(), CliRun.silentTerminal(), new Daemon(socket())));

    assertEquals(
        "No contact with c.test: connection refused; the daemon keeps trying, see 'weft status'",
        failure.getMessage());
  }

  @Test
  void theTimeLimitSaysWhatIsMissing() {
    daemon.events("{\"State\":5}").withoutEnd();
    daemon.answer(
        "GET status",
        200,
        "{\"BackendState\":\"Starting\",\"Health\":[\"c.test does not answer.\"]}");

    assertEquals(
        new CliRun(
            1,
            "",
            "timeout: not connected yet, state Starting: c.test does not answer.; see 'weft status'\n"),
        up("--login-server=https://c.test", "--timeout=100ms"));
  }

  @Test
  void aDaemonThatEndsMeanwhileIsAnError() {
    daemon.events("{\"State\":5}");

    assertEquals(
        new CliRun(1, "", "the daemon ended before the node was connected\n"),
        up("--login-server=https://c.test"));
  }

  @Test
  void aKeyIsReadFromAFile() throws IOException {
    daemon.events("{\"State\":6}");
    Path key = Files.writeString(folder.resolve("key"), "FROM-FILE\n");

    assertEquals(0, up("--login-server=https://c.test", "--authkey=file:" + key).exitCode());

    assertEquals("FROM-FILE", started().authKey());
    CliRun missing = up("--login-server=https://c.test", "--auth-key=file:" + folder.resolve("no"));
    assertEquals("cannot read the auth key file " + folder.resolve("no") + "\n", missing.err());
  }

  @Test
  void aNodeWithoutAControlServerAsksForOne() {
    assertEquals(
        new CliRun(
            1, "", "this node has no control server yet: name one with --login-server=URL\n"),
        up());
  }

  @Test
  void bareUpOfALoggedInNodeOnlyConnects() {
    daemon.answer("GET prefs", 200, LOGGED_IN).events("{\"State\":6}");
    state("Stopped", true);

    assertEquals(new CliRun(0, "", ""), up());

    assertEquals(
        "PATCH prefs {\"WantRunning\":true,\"WantRunningSet\":true}",
        daemon.requests().get(daemon.requests().size() - 2));
  }

  /// It was on its way when asked first, and had arrived when the watch began: no event comes any
  /// more.
  @Test
  void upOfANodeThatHasJustArrivedDoesNotWait() {
    daemon.answer("GET prefs", 200, LOGGED_IN).events();
    state("Running", true);

    assertEquals(
        new CliRun(0, "", ""), up("--reset", "--login-server=https://c.test", "--hostname=laptop"));
  }

  @Test
  void aRunningNodeIsEditedWhenEverySettingIsMentioned() {
    daemon.answer("GET prefs", 200, LOGGED_IN);
    state("Running", true);

    CliRun run = up("--login-server=https://c.test", "--hostname=box", "--accept-dns=false");

    assertEquals(new CliRun(0, "", ""), run);
    String change = daemon.requests().getLast();
    assertTrue(change.startsWith("PATCH prefs "), change);
    assertTrue(change.contains("\"CorpDNS\":false,\"CorpDNSSet\":true"), change);
    assertFalse(change.contains("ShieldsUp"), change);
  }

  @Test
  void settingsThatWouldBeLostAreListedWithoutTheKey() {
    daemon.answer("GET prefs", 200, LOGGED_IN);
    state("Running", true);

    CliRun run = up("--auth-key=SECRET", "--accept-routes");

    assertEquals(1, run.exitCode());
    assertTrue(
        run.err()
            .endsWith(
                "\tweft up --auth-key=KEY --accept-routes --hostname=box --login-server=https://c.test\n\n"),
        run.err());
    assertFalse(run.err().contains("SECRET"));
  }

  @Test
  void resetSetsTheRestToDefaults() {
    daemon.answer("GET prefs", 200, LOGGED_IN);
    state("Running", true);

    assertEquals(0, up("--login-server=https://c.test", "--reset").exitCode());

    String change = daemon.requests().getLast();
    assertTrue(change.contains("\"Hostname\":\"\",\"HostnameSet\":true"), change);
  }

  @Test
  void theServerOfARunningNodeIsNotChangedByAccident() {
    daemon.answer("GET prefs", 200, LOGGED_IN);
    state("Running", true);

    assertEquals(
        "can't change --login-server without --force-reauth\n",
        up("--login-server=https://other.test", "--hostname=box").err());
  }

  @Test
  void aNewLoginIsOverWhenTheKeyHasChanged() {
    daemon
        .answer("GET prefs", 200, LOGGED_IN)
        .events(
            "{\"State\":6}",
            "{\"SelfChange\":{\"Key\":\"nodekey:" + "ab".repeat(32) + "\"}}",
            "{\"State\":6}")
        .withoutEnd();
    state("Running", true);

    assertEquals(
        0, up("--login-server=https://c.test", "--hostname=box", "--force-reauth").exitCode());

    assertEquals("POST login-interactive", daemon.requests().getLast());
  }

  /// The node is connected all the time: nothing more is said of its state.
  @Test
  void aNewLoginOfANodeThatStaysConnectedIsOverWhenTheKeyHasChanged() {
    daemon
        .answer("GET prefs", 200, LOGGED_IN)
        .events(
            "{\"State\":6}",
            "{\"SelfChange\":{\"Key\":\"nodekey:" + "ab".repeat(32) + "\"}}",
            "{\"LoginFinished\":{}}")
        .withoutEnd();
    state("Running", true);

    assertEquals(
        0, up("--login-server=https://c.test", "--hostname=box", "--force-reauth").exitCode());
  }

  @Test
  void aNewLoginKeepsWhatTheLoginIsCalled() throws IOException {
    daemon
        .answer("GET prefs", 200, LOGGED_IN.replaceFirst("\\{", "{\"ProfileName\":\"work\","))
        .events("{\"State\":6}", "{\"SelfChange\":{\"Key\":\"nodekey:" + "ab".repeat(32) + "\"}}")
        .withoutEnd();
    state("Running", true);

    up("--login-server=https://c.test", "--hostname=box", "--force-reauth");

    String start =
        daemon.requests().stream().filter(r -> r.startsWith("POST start")).findFirst().orElse("");
    assertTrue(start.contains("\"ProfileName\":\"work\""), start);
  }

  @Test
  void settingsThatTheNodeCannotHaveAreRefusedBeforeAnythingChanges() {
    daemon.answer("POST check-prefs", 200, "{\"Error\":\"no such operator\"}").withoutEnd();

    assertEquals(
        new CliRun(1, "", "no such operator\n"),
        up("--login-server=https://c.test", "--operator=nobody-here"));
    assertFalse(daemon.requests().toString().contains("POST start"));
  }

  @Test
  void aValueThatMakesNoSenseIsNamed() {
    assertEquals(
        new CliRun(
            1, "", "--login-server: \"c.test\" is no URL; it begins with https:// or http://\n"),
        up("--login-server=c.test"));
    assertEquals(
        new CliRun(
            1,
            "",
            "--hostname: \"a b\" is no host name: at most 63 letters, digits and hyphens, no hyphen at an end\n"),
        up("--hostname=a b"));
    assertEquals(
        new CliRun(1, "", "10.0.0.1/8 has non-address bits set; expected 10.0.0.0/8\n"),
        up("--advertise-routes=10.0.0.0/8,10.0.0.1/8"));
    assertEquals(
        new CliRun(1, "", "\"x\" is not a valid IP address or CIDR prefix\n"),
        up("--advertise-routes=x"));
    assertTrue(up("--advertise-tags=tag:1").err().startsWith("tag: \"tag:1\": a tag is "));
  }

  private static String health(String severity, String text) {
    return "{\"Health\":{\"Warnings\":" + warnings(severity, text) + "}}";
  }

  private static String warnings(String severity, String text) {
    return ("{\"not-in-map-poll\":{\"WarnableCode\":\"not-in-map-poll\",\"Severity\":\"%s\",\"Text\":\"%s\","
            + "\"ImpactsConnectivity\":true}}")
        .formatted(severity, text);
  }

  private CliRun up(String... flags) {
    String[] args = new String[flags.length + 1];
    args[0] = "up";
    System.arraycopy(flags, 0, args, 1, flags.length);
    return CliRun.of(socket(), args);
  }

  private Options started() throws IOException {
    String request =
        daemon.requests().stream()
            .filter(r -> r.startsWith("POST start "))
            .findFirst()
            .orElseThrow();
    return Json.decode(Options.JSON, request.substring("POST start ".length()));
  }

  private void state(String state, boolean haveNodeKey) {
    daemon.answer(
        "GET status",
        200,
        "{\"BackendState\":\"" + state + "\",\"HaveNodeKey\":" + haveNodeKey + ",\"Self\":{}}");
  }

  private Path socket() {
    return folder.resolve("s");
  }
}
