package dev.weft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.json.JsonIndent;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the commands print, against what `tailscale` 1.103 printed for the same answers of a daemon
/// (captured; the files beside this class). The name of the program is ours.
class GoldenOutputTest {
  private Path socket;
  private FakeDaemon daemon;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    socket = folder.resolve("s");
    daemon =
        new FakeDaemon(socket).answer("GET status", 200, CliRun.resource("status-running.json"));
  }

  @AfterEach
  void stop() throws IOException {
    daemon.close();
  }

  @Test
  void status() throws IOException {
    String captured = CliRun.resource("status.txt");
    String table = captured.substring(0, captured.indexOf("\n\n") + 1);

    CliRun run = CliRun.of(socket, "status");

    assertEquals(
        table
            + """

            # Health check:
            #     - open /etc/resolv.pre-tailscale-backup.conf: no such file or directory
            #     - This is an unstable version of Tailscale meant for testing and development purposes. Please report any issues to Tailscale.
            #     - Tailscale failed to fetch the DNS configuration of your device: open /etc/resolv.pre-tailscale-backup.conf: no such file or directory
            """,
        run.out());
    assertEquals(0, run.exitCode());
  }

  @Test
  void whatAPeerSaysOfItselfCannotSteerTheTerminal() throws IOException {
    String status = CliRun.resource("status-running.json");
    String evil = "\\u001b[2J\\u009b31m\\u007f\\r\\n100.64.0.9\\tz\u00e9\u2713";
    String hostile = status.replace("\"OS\": \"linux\"", "\"OS\": \"" + evil + "\"");
    assertNotEquals(status, hostile);
    daemon.answer("GET status", 200, hostile);

    CliRun run = CliRun.of(socket, "status");

    assertTrue(run.out().contains("?[2J?31m???100.64.0.9?z\u00e9\u2713"), run.out());
    assertTrue(run.out().chars().noneMatch(c -> c != '\n' && Character.isISOControl(c)), run.out());
  }

  @Test
  void statusAsJson() throws IOException {
    String compact = JsonIndent.indent(CliRun.resource("status-running.json"), "");
    daemon.answer("GET status", 200, compact);

    CliRun run = CliRun.of(socket, "status", "--json");

    assertEquals(CliRun.resource("status-running.json"), run.out());
    assertEquals(0, run.exitCode());
  }

  @Test
  void statusOfAStoppedNode() throws IOException {
    daemon.answer("GET status", 200, CliRun.resource("status-stopped.json"));

    assertEquals(new CliRun(1, "Weft is stopped.\n", ""), CliRun.of(socket, "status"));
    CliRun json = CliRun.of(socket, "status", "--json");
    assertEquals(new CliRun(0, CliRun.resource("status-stopped.json"), ""), json);
  }

  @Test
  void addresses() {
    assertEquals(new CliRun(0, "100.64.0.1\nfd7a:115c:a1e0::1\n", ""), CliRun.of(socket, "ip"));
    assertEquals(new CliRun(0, "100.64.0.2\n", ""), CliRun.of(socket, "ip", "-4", "b"));
    assertEquals(new CliRun(0, "100.64.0.1\n", ""), CliRun.of(socket, "ip", "-1"));
    assertEquals(
        new CliRun(0, "fd7a:115c:a1e0::3\n", ""), CliRun.of(socket, "ip", "-6", "C.lab.net"));
  }

  @Test
  void pings() {
    daemon.answer(
        "POST ping",
        200,
        """
        {"IP":"100.64.0.2","NodeIP":"100.64.0.2","NodeName":"b","LatencySeconds":0.0009,"DERPRegionID":900,"DERPRegionCode":"lab"}
        """);
    assertEquals(
        new CliRun(0, "pong from b (100.64.0.2) via DERP(lab) in 1ms\n", ""),
        CliRun.of(socket, "ping", "--until-direct=false", "-c", "1", "b"));
    assertEquals(
        new CliRun(
            1,
            "pong from b (100.64.0.2) via DERP(lab) in 1ms\n",
            "direct connection not established\n"),
        CliRun.of(socket, "ping", "-c", "1", "b"));

    daemon.answer(
        "POST ping",
        200,
        "{\"NodeIP\":\"100.64.0.2\",\"NodeName\":\"b\",\"LatencySeconds\":0.0004,\"Endpoint\":\"203.0.113.102:41641\"}");
    assertEquals(
        new CliRun(0, "pong from b (100.64.0.2) via 203.0.113.102:41641 in 0s\n", ""),
        CliRun.of(socket, "ping", "-c", "4", "b"));

    daemon.answer(
        "POST ping",
        200,
        "{\"NodeIP\":\"100.64.0.2\",\"NodeName\":\"b\",\"LatencySeconds\":0.003,\"PeerAPIPort\":46590}");
    assertEquals(
        new CliRun(0, "pong from b (100.64.0.2, 46590) via TSMP in 3ms\n", ""),
        CliRun.of(socket, "ping", "--tsmp", "-c", "1", "b"));
  }

  @Test
  void pingsThatCannotSucceed() {
    daemon.answer("POST ping", 200, "{\"Err\":\"no matching peer\"}");

    assertEquals(
        new CliRun(1, "", "no matching peer\n"),
        CliRun.of(socket, "ping", "-c", "2", "100.64.0.99"));
  }

  @Test
  void whois() throws IOException {
    daemon.answer("GET whois", 200, CliRun.resource("whois.json"));

    assertEquals(
        new CliRun(0, CliRun.resource("whois.txt"), ""), CliRun.of(socket, "whois", "100.64.0.2"));
    assertEquals(
        new CliRun(0, CliRun.resource("whois.json"), ""),
        CliRun.of(socket, "whois", "--json", "100.64.0.2"));
    daemon.answer("GET whois", 404, "no match for IP:port\n");
    assertEquals(new CliRun(1, "", "peer not found\n"), CliRun.of(socket, "whois", "1.2.3.4"));
  }

  @Test
  void serveStatus() throws IOException {
    daemon.answer("GET serve-config", 200, CliRun.resource("serve.json"));

    assertEquals(
        new CliRun(0, CliRun.resource("serve.txt"), ""), CliRun.of(socket, "serve", "status"));
    assertEquals(
        CliRun.resource("serve.json").replaceAll("\\s", ""),
        CliRun.of(socket, "serve", "status", "--json").out().replaceAll("\\s", ""));
    daemon.answer("GET serve-config", 200, "null");
    assertEquals(new CliRun(0, "No serve config\n", ""), CliRun.of(socket, "serve", "status"));
  }

  @Test
  void serveInTheBackground() {
    daemon.answer("GET serve-config", 200, "null").answer("POST serve-config", 200, "");

    CliRun web =
        CliRun.of(
            socket, "serve", "--bg", "--http=8080", "--set-path", "/x", "http://127.0.0.1:3000/y");
    CliRun tcp = CliRun.of(socket, "serve", "--bg", "--tcp", "2222", "tcp://localhost:22");
    CliRun wrong = CliRun.of(socket, "serve", "--http=81", "--bg", "99999");

    assertEquals(
        """
        Available within your tailnet:

        http://a.lab.net:8080/x
        |-- proxy http://127.0.0.1:3000/y

        Serve started and running in the background.
        To disable the proxy, run: weft serve --http=8080 off
        """,
        web.out());
    assertEquals(
        """
        Available within your tailnet:

        |-- tcp://a.lab.net:2222
        |-- tcp://100.64.0.1:2222
        |-- tcp://[fd7a:115c:a1e0::1]:2222
        |--> tcp://localhost:22

        Serve started and running in the background.
        To disable the proxy, run: weft serve --tcp=2222 off
        """,
        tcp.out());
    assertEquals(
        new CliRun(
            1,
            "",
            """
            error: failed apply web serve: non-localhost target "http://99999" must include a scheme

            try `weft serve --help` for usage info
            """),
        wrong);
  }

  @Test
  void upThatForgetsASetting() {
    daemon.answer(
        "GET prefs",
        200,
        "{\"ControlURL\":\"http://203.0.113.10:8080\",\"CorpDNS\":true,\"NetfilterMode\":2,\"WantRunning\":true,\"Hostname\":\"\"}");

    assertEquals(
        new CliRun(
            1,
            "",
            """
            Error: changing settings via 'weft up' requires mentioning all
            non-default flags. To proceed, either re-run your command with --reset or
            use the command below to explicitly mention the current value of
            all non-default settings:

            \tweft up --hostname=x --login-server=http://203.0.113.10:8080

            """),
        CliRun.of(socket, "up", "--hostname=x"));
  }
}
