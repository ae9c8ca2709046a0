package dev.weft.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A node at a site, of our make or the official one: the same commands either way.
final class TailnetNode {
  static final int SOCKS_PORT = 1055;

  private final Lab lab;
  private final String site;
  private final String name;
  private final List<String> client;
  private final List<String> daemonCommand;
  private final Map<String, String> environment;
  private final Path socket;
  private Lab.Proc daemon;

  private TailnetNode(
      Lab lab,
      String site,
      String name,
      List<String> daemon,
      List<String> client,
      Map<String, String> environment)
      throws Exception {
    this.lab = lab;
    this.site = site;
    this.name = name;
    this.client = client;
    this.environment = environment;
    Path state = lab.folder(name);
    this.socket = state.resolve("sock");
    this.daemonCommand = new ArrayList<>(daemon);
    daemonCommand.addAll(
        List.of(
            "--statedir=" + state,
            "--socket=" + socket,
            "--tun=userspace-networking",
            "--port=41641",
            "--socks5-server=127.0.0.1:" + SOCKS_PORT));
    startDaemon();
  }

  /// A `weft daemon`.
  static TailnetNode weft(Lab lab, String site, String name) throws Exception {
    return weft(lab, site, name, Map.of());
  }

  /// A `weft daemon` with more in its environment.
  static TailnetNode weft(Lab lab, String site, String name, Map<String, String> more)
      throws Exception {
    Map<String, String> environment = new HashMap<>(Lab.weftEnvironment());
    environment.putAll(more);
    String run = Lab.root().resolve("bin/lib/run").toString();
    return new TailnetNode(
        lab, site, name, List.of(run, "daemon"), List.of(run), trusting(lab, environment));
  }

  /// A `weft daemon` that another program runs.
  static TailnetNode weftUnder(Lab lab, String site, String name, List<String> prefix)
      throws Exception {
    String run = Lab.root().resolve("bin/lib/run").toString();
    List<String> daemon = new ArrayList<>(prefix);
    daemon.addAll(List.of(run, "daemon"));
    return new TailnetNode(
        lab, site, name, daemon, List.of(run), trusting(lab, Lab.weftEnvironment()));
  }

  /// An official `tailscaled`, from the folder that holds it.
  static TailnetNode official(Lab lab, String site, String name, Path folder) throws Exception {
    Map<String, String> environment = trusting(lab, Map.of("TS_NO_LOGS_NO_SUPPORT", "true"));
    return new TailnetNode(
        lab,
        site,
        name,
        List.of(folder.resolve("tailscaled").toString()),
        List.of(folder.resolve("tailscale").toString()),
        environment);
  }

  /// Both makes take further roots from this variable.
  private static Map<String, String> trusting(Lab lab, Map<String, String> environment)
      throws IOException {
    Map<String, String> all = new HashMap<>(environment);
    if (Files.exists(lab.roots())) {
      all.put("SSL_CERT_FILE", lab.roots().toString());
    }
    return all;
  }

  void startDaemon() throws Exception {
    daemon = lab.start(site, name, environment, daemonCommand);
    Await.until(name + "'s socket is there", Duration.ofSeconds(20), () -> Files.exists(socket));
  }

  Lab.Proc daemon() {
    return daemon;
  }

  String name() {
    return name;
  }

  /// Runs a CLI command; it must succeed.
  String cli(String... arguments) throws Exception {
    Lab.Result result = tryCli(arguments);
    if (result.exit() != 0) {
      throw new AssertionError(name + ": " + String.join(" ", arguments) + ": " + result.all());
    }
    return result.out();
  }

  /// Runs a command of another make of client on this node's daemon.
  Lab.Result tryWith(List<String> otherClient, String... arguments) throws Exception {
    return run(otherClient, arguments);
  }

  Lab.Result tryCli(String... arguments) throws Exception {
    return run(client, arguments);
  }

  /// Runs a program at this site with this text as its standard input, which stays open for a
  /// while: at its end the official daemon gives the connection up. Returns its output.
  String runWithInput(String input, List<String> command) throws Exception {
    Path file = lab.folder(name + "-input").resolve("input");
    Files.writeString(file, input);
    List<String> shell =
        new ArrayList<>(List.of("bash", "-c", "{ cat \"$1\"; sleep 3; } | \"${@:2}\"", "sh"));
    shell.add(file.toString());
    shell.addAll(command);
    Map<String, String> all = new HashMap<>(Lab.weftEnvironment());
    all.putAll(environment);
    return lab.run(site, Duration.ofSeconds(60), all, shell).out();
  }

  Path socket() {
    return socket;
  }

  private Lab.Result run(List<String> program, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(program);
    command.add("--socket=" + socket);
    command.addAll(List.of(arguments));
    Map<String, String> all = new HashMap<>(Lab.weftEnvironment());
    all.putAll(environment);
    return lab.run(site, Duration.ofSeconds(60), all, command);
  }

  void up(String url, String key) throws Exception {
    // --reset: a client of 1.80 wants every flag repeated when it logs in again.
    cli(
        "up",
        "--reset",
        "--login-server=" + url,
        "--auth-key=" + key,
        "--hostname=" + name,
        "--timeout=40s");
  }

  /// Begins a login that an admin has to let in; [#cli] of others goes on meanwhile.
  Lab.Proc beginUp(String url, String... flags) throws Exception {
    List<String> command = new ArrayList<>(client);
    command.add("--socket=" + socket);
    command.addAll(
        List.of("up", "--reset", "--login-server=" + url, "--hostname=" + name, "--timeout=50s"));
    command.addAll(List.of(flags));
    return lab.start(site, name + "-up", environment, command);
  }

  /// Changes a preference through the daemon's socket; the answer's status is behind its body.
  Lab.Result patchPrefs(String json) throws Exception {
    return lab.run(
        site,
        Duration.ofSeconds(20),
        "curl",
        "-sS",
        "--unix-socket",
        socket.toString(),
        "-X",
        "PATCH",
        "-d",
        json,
        "-w",
        "\n%{http_code}",
        "http://local-tailscaled.sock/localapi/v0/prefs");
  }

  Path folder() throws IOException {
    return lab.folder(name);
  }

  String ip() throws Exception {
    return cli("ip", "-4").strip();
  }

  /// Fetches a URL through this node's SOCKS5 proxy, which resolves the name.
  Lab.Result fetch(String url, String... curlFlags) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "curl", "-sS", "--max-time", "50", "--proxy", "socks5h://127.0.0.1:" + SOCKS_PORT));
    command.addAll(List.of(curlFlags));
    command.add(url);
    return lab.run(site, Duration.ofSeconds(60), Map.of(), command);
  }

  /// Starts a program on a loopback port of this site that answers each request with its header
  /// lines.
  Lab.Proc startEcho(int port) throws Exception {
    String program =
        """
        import http.server
        class Echo(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = str(self.headers).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
        http.server.HTTPServer(("127.0.0.1", %d), Echo).serve_forever()
        """
            .formatted(port);
    Lab.Proc server =
        lab.start(
            site,
            name + "-echo",
            Map.of(),
            List.of(Peers.require("python3").toString(), "-c", program));
    Await.until(
        "the program answers",
        Duration.ofSeconds(10),
        () ->
            lab.run(site, Duration.ofSeconds(5), "curl", "-s", "http://127.0.0.1:" + port).exit()
                == 0);
    return server;
  }

  /// Starts a web server on a loopback port of this site, serving a folder.
  Lab.Proc startSite(int port, Path folder) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Lab.Proc server =
        lab.start(
            site,
            name + "-site",
            Map.of(),
            List.of(
                java,
                "-m",
                "jdk.httpserver",
                "-b",
                "127.0.0.1",
                "-p",
                "" + port,
                "-d",
                folder.toString()));
    server.awaitLog("127.0.0.1", Duration.ofSeconds(20));
    return server;
  }
}
