package dev.weft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class CliTest {
  @TempDir private Path folder;

  @Test
  void anUnknownCommandIsOneLineWithTheNearest() {
    assertEquals(
        new CliRun(
            2,
            "",
            "weft: unknown command \"statsu\"; did you mean \"status\"? ('weft help' lists the commands)\n"),
        CliRun.of(socket(), "statsu"));
    assertEquals(
        new CliRun(
            2, "", "weft: unknown command \"frobnicate\" ('weft help' lists the commands)\n"),
        CliRun.of(socket(), "frobnicate"));
  }

  @Test
  void noCommandShowsHelpAndFails() {
    CliRun run = CliRun.of(socket());

    assertEquals(2, run.exitCode());
    assertTrue(run.err().startsWith("usage: weft "), run.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"help", "--help", "-h"})
  void helpListsTheCommands(String arg) {
    CliRun run = CliRun.of(socket(), arg);

    assertEquals(0, run.exitCode());
    for (String name : Cli.commands()) {
      assertTrue(run.out().contains("\n  " + name + " "), run.out());
    }
  }

  static List<String> commands() {
    return Cli.commands();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandDescribesItself(String name) {
    CliRun run = CliRun.of(socket(), name, "--help");

    assertEquals(0, run.exitCode());
    assertTrue(run.out().contains("\nusage: weft " + name), run.out());
    assertFalse(run.out().contains("--socket"), "hidden");
    assertEquals(run, CliRun.of(socket(), "help", name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "up", "down", "logout", "ip", "wait", "serve status"})
  void aDaemonThatIsNotThereIsNamedWithTheWayToStartIt(String command) {
    CliRun run =
        CliRun.of(
            socket(),
            command.equals("serve status")
                ? new String[] {"serve", "status"}
                : new String[] {command});

    assertEquals(
        new CliRun(
            1,
            "",
            "no Weft daemon at "
                + socket()
                + ": start one with 'weft daemon', or name its socket with --socket\n"),
        run);
  }

  @Test
  void aSocketThatADaemonLeftBehindIsNoDaemon() throws IOException {
    new FakeDaemon(socket()).close();

    assertTrue(CliRun.of(socket(), "status").err().startsWith("no Weft daemon at "));
  }

  @Test
  void theSocketIsNamedBeforeOrBehindTheCommand() throws IOException {
    try (FakeDaemon _ =
        new FakeDaemon(socket()).answer("GET status", 200, "{\"BackendState\":\"Stopped\"}")) {
      assertEquals(
          1, CliRun.of(folder.resolve("none"), "status", "--socket=" + socket()).exitCode());
      assertEquals(
          "Weft is stopped.\n",
          CliRun.of(folder.resolve("none"), "status", "--socket=" + socket()).out());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "garbage\r\n\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
        "HTTP/1.1 200 OK\r\n\r\n[1,2]"
      })
  void anAnswerThatMakesNoSenseIsOneLine(String answer) throws IOException {
    try (FakeDaemon _ = new FakeDaemon(socket()).answerRaw("GET status", answer)) {
      CliRun run = CliRun.of(socket(), "status");

      assertEquals(1, run.exitCode());
      assertEquals("", run.out());
      assertEquals(1, run.err().lines().count(), run.err());
    }
  }

  @Test
  void aRefusalTellsHowToBeAllowed() throws IOException {
    try (FakeDaemon _ =
        new FakeDaemon(socket())
            .answer("GET status", 200, "{\"BackendState\":\"Running\"}")
            .answer("PATCH prefs", 403, "prefs write access denied\n")) {
      CliRun run = CliRun.of(socket(), "down");

      assertEquals(1, run.exitCode());
      assertTrue(run.err().startsWith("prefs write access denied\nUse 'sudo weft …'"), run.err());
    }
  }

  @Test
  void downOfAStoppedNodeIsNoError() throws IOException {
    try (FakeDaemon daemon =
        new FakeDaemon(socket()).answer("GET status", 200, "{\"BackendState\":\"Stopped\"}")) {
      assertEquals(new CliRun(0, "", "Weft was already stopped.\n"), CliRun.of(socket(), "down"));
      assertEquals(List.of("GET status?peers=false"), daemon.requests());
    }
  }

  @Test
  void downChangesOneSetting() throws IOException {
    try (FakeDaemon daemon =
        new FakeDaemon(socket())
            .answer("GET status", 200, "{\"BackendState\":\"Running\"}")
            .answer("PATCH prefs", 200, "{}")) {
      assertEquals(new CliRun(0, "", ""), CliRun.of(socket(), "down", "--reason=lunch"));
      assertEquals(
          "PATCH prefs {\"WantRunning\":false,\"WantRunningSet\":true}",
          daemon.requests().getLast());
    }
  }

  @Test
  void anAssertedAddressDecidesTheExitCode() throws IOException {
    try (FakeDaemon _ =
        new FakeDaemon(socket())
            .answer(
                "GET status",
                200,
                "{\"BackendState\":\"Running\",\"TailscaleIPs\":[\"100.64.0.1\"]}")) {
      assertEquals(new CliRun(0, "", ""), CliRun.of(socket(), "ip", "--assert=100.64.0.1"));
      assertEquals(
          new CliRun(1, "", "assertion failed: IP \"100.64.0.9\" not found among [100.64.0.1]\n"),
          CliRun.of(socket(), "ip", "--assert=100.64.0.9"));
      assertEquals(
          new CliRun(1, "", "no Tailscale IPv6 address\n"), CliRun.of(socket(), "ip", "-6"));
      assertEquals(1, CliRun.of(socket(), "ip", "-4", "-6").exitCode());
    }
  }

  @Test
  void waitReturnsWhenTheNodeRunsAndHasItsAddresses() throws IOException {
    try (FakeDaemon _ =
        new FakeDaemon(socket())
            .answer(
                "GET status",
                200,
                "{\"BackendState\":\"Running\",\"TailscaleIPs\":[\"100.64.0.1\"]}")
            .events("{\"State\":5}", "{\"State\":6}")
            .withoutEnd()) {
      assertEquals(new CliRun(0, "", ""), CliRun.of(socket(), "wait"));
    }
  }

  @Test
  void waitGivesUpInTime() throws IOException {
    try (FakeDaemon _ =
        new FakeDaemon(socket())
            .answer("GET status", 200, "{\"BackendState\":\"Starting\"}")
            .events("{\"State\":5}")
            .withoutEnd()) {
      assertEquals(
          new CliRun(1, "", "timed out; state: Starting\n"),
          CliRun.of(socket(), "wait", "--timeout=100ms"));
    }
  }

  @Test
  void aDaemonThatEndsDuringAPingIsNoTimeout() throws IOException {
    try (FakeDaemon _ =
        new FakeDaemon(socket())
            .answer("GET status", 200, "{\"BackendState\":\"Running\"}")
            .answerRaw("POST ping", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")) {
      CliRun lost = CliRun.of(socket(), "ping", "-c", "1", "100.64.0.2");
      assertEquals(1, lost.exitCode());
      assertTrue(lost.err().startsWith("lost the daemon at "), lost.err());
    }
  }

  @Test
  void defaultSockets() {
    assertEquals(
        Path.of("/x"), SocketPath.find(Map.of("WEFT_SOCKET", "/x", "TS_SOCKET", "/y"), "u", "/h"));
    assertEquals(Path.of("/y"), SocketPath.find(Map.of("TS_SOCKET", "/y"), "u", "/h"));
    assertEquals(Path.of("/run/weft/weft.sock"), SocketPath.find(Map.of(), "root", "/root"));
    if (!Files.exists(Path.of("/run/weft/weft.sock"))) {
      assertEquals(
          Path.of("/run/user/1/weft.sock"),
          SocketPath.find(Map.of("XDG_RUNTIME_DIR", "/run/user/1"), "u", "/h"));
      assertEquals(Path.of("/h/.local/state/weft/weft.sock"), SocketPath.find(Map.of(), "u", "/h"));
      assertEquals(
          Path.of("/s/weft/weft.sock"), SocketPath.find(Map.of("XDG_STATE_HOME", "/s"), "u", "/h"));
    }
  }

  private Path socket() {
    return folder.resolve("s");
  }
}
