package dev.weft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class ServeCommandTest {
  private static final String NODE =
      "\"BackendState\":\"Running\",\"TailscaleIPs\":[\"100.64.0.1\"],\"Self\":{\"DNSName\":\"a.lab.net.\"}";

  private Path socket;
  private FakeDaemon daemon;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    socket = folder.resolve("s");
    daemon =
        new FakeDaemon(socket)
            .answer("GET status", 200, "{" + NODE + "}")
            .answer("GET serve-config", 200, "null")
            .answer("POST serve-config", 200, "");
  }

  @AfterEach
  void stop() throws IOException {
    daemon.close();
  }

  @Test
  void withoutCertificatesItIsPlainHttpAndSaysSo() throws IOException {
    try (ServerSocket backend = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CliRun run = CliRun.of(socket, "serve", "--bg", Integer.toString(backend.getLocalPort()));

      assertEquals(0, run.exitCode());
      assertTrue(run.out().contains("\nhttp://a.lab.net/\n"), run.out());
      assertTrue(
          run.err().contains("offers no certificates: serving in plain HTTP on port 80"),
          run.err());
      assertTrue(
          run.err().contains("127.0.0.1:" + backend.getLocalPort() + " answers."), run.err());
      String posted = daemon.requests().getLast();
      assertTrue(posted.startsWith("POST serve-config {\"TCP\":{\"80\":{\"HTTP\":true}}"), posted);
      assertTrue(posted.endsWith(" if tag-1"), posted);
    }
  }

  @Test
  void withCertificatesItIsHttps() {
    daemon.answer("GET status", 200, "{" + NODE + ",\"CertDomains\":[\"a.lab.net\"]}");

    CliRun run = CliRun.of(socket, "serve", "--bg", "1");

    assertTrue(run.out().contains("\nhttps://a.lab.net/\n"), run.out());
    assertEquals(
        "Nothing answers at 127.0.0.1:1 yet; callers get an error until something does.\n",
        run.err());
  }

  @Test
  void httpsThatIsAskedForIsNotReplaced() {
    daemon.answer("POST query-feature", 200, "{\"Text\":\"Ask your admin.\"}");

    CliRun run = CliRun.of(socket, "serve", "--bg", "--https=443", "3000");

    assertEquals(1, run.exitCode());
    assertTrue(run.err().contains("use --http=80 instead\nAsk your admin."), run.err());
    assertFalse(daemon.requests().toString().contains("POST serve-config"));
  }

  @Test
  void inTheForegroundItLivesUnderTheSessionOfItsWatch() {
    daemon.events("{\"SessionID\":\"0123456789abcdef\",\"State\":6}");

    CliRun run = CliRun.of(socket, "serve", "--http=80", "3000");

    assertEquals(0, run.exitCode()); // the fake ends the watch at once
    assertTrue(run.out().endsWith("Press Ctrl+C to exit.\n"), run.out());
    String posted = daemon.requests().getLast();
    assertTrue(posted.contains("{\"Foreground\":{\"0123456789abcdef\":{\"TCP\":{\"80\":"), posted);
    assertTrue(posted.endsWith(" if tag-1"), posted);
  }

  @Test
  void theWatchIsThereBeforeTheEntryAndWhileItServes() throws Exception {
    daemon.events("{\"SessionID\":\"0123456789abcdef\"}").withoutEnd();
    Thread serve =
        Thread.ofPlatform().daemon().start(() -> CliRun.of(socket, "serve", "--http=80", "3000"));
    while (!daemon.requests().toString().contains("POST serve-config")) {
      Thread.onSpinWait();
    }
    assertEquals(1, daemon.watchClosed.getCount());
    assertTrue(serve.isAlive());
  }

  @Test
  void somebodyElsesChangeIsNotOverwritten() {
    daemon.answer("POST serve-config", 412, "etag mismatch\n");

    assertEquals(
        "Another client is changing the serve config; please try again.\n",
        CliRun.of(socket, "serve", "--bg", "--http=80", "3000").err());
  }

  @Test
  void whatTheDaemonRefusesIsSaidInItsWords() {
    daemon.answer(
        "POST serve-config",
        500,
        "{\"error\":\"updating config: listener already exists for port 80\"}");

    assertEquals(
        "updating config: listener already exists for port 80\n",
        CliRun.of(socket, "serve", "--bg", "--http=80", "3000").err());
  }

  @Test
  void nothingIsSaidToBeServedThatIsRefused() {
    daemon.answer("POST serve-config", 500, "{\"error\":\"updating config: no folders\"}");

    assertEquals(
        new CliRun(1, "", "updating config: no folders\n"),
        CliRun.of(socket, "serve", "--bg", "/tmp"));
  }

  @Test
  void resetTakesNoArguments() {
    CliRun run = CliRun.of(socket, "serve", "reset", "--http=80");

    assertEquals(2, run.exitCode());
    assertFalse(daemon.requests().toString().contains("POST"), daemon.requests().toString());
  }

  @Test
  void deletingMoreThanOneHandlerIsAskedFirst() {
    daemon.answer(
        "GET serve-config",
        200,
        """
        {"TCP":{"80":{"HTTP":true}},"Web":{"a.lab.net:80":{"Handlers":{"/":{"Text":"x"},"/y":{"Text":"y"}}}}}
        """);

    CliRun no = CliRun.answering("n\n", socket, "serve", "--http=80", "off");
    assertEquals("Are you sure you want to delete 2 handlers under port 80? [y/n] ", no.err());
    assertFalse(daemon.requests().toString().contains("POST"));

    assertEquals(0, CliRun.answering("y\n", socket, "serve", "--http=80", "off").exitCode());
    assertTrue(daemon.requests().getLast().startsWith("POST serve-config {}"));
    assertEquals(0, CliRun.of(socket, "serve", "--yes", "--http=80", "off").exitCode());
  }

  @Test
  void aNodeThatIsNotConnectedServesNothing() {
    daemon.answer("GET status", 200, "{\"BackendState\":\"Stopped\"}");

    assertEquals(
        new CliRun(1, "", "Weft is stopped.\n"), CliRun.of(socket, "serve", "--http=80", "3000"));
  }

  @Test
  void resetEmptiesTheConfigWithoutCondition() {
    assertEquals(new CliRun(0, "", ""), CliRun.of(socket, "serve", "reset"));
    assertEquals("POST serve-config {}", daemon.requests().getLast());
  }

  @Test
  void flagsBehindTheTargetAreNotTakenForFlags() {
    CliRun run = CliRun.of(socket, "serve", "3000", "--bg");

    assertEquals(1, run.exitCode());
    assertTrue(run.err().startsWith("Error: invalid argument format"), run.err());
  }
}
