package dev.weft.cli;

import dev.weft.ipn.Notify;
import dev.weft.ipn.PeerStatus;
import dev.weft.ipn.Status;
import dev.weft.ipn.WatchOption;
import dev.weft.ipn.serve.HostPort;
import dev.weft.ipn.serve.ServeConfig;
import dev.weft.ipn.serve.ServeEdit;
import dev.weft.ipn.serve.ServeFlags;
import dev.weft.ipn.serve.ServeKind;
import dev.weft.ipn.serve.ServeNode;
import dev.weft.ipn.serve.ServeRefusal;
import dev.weft.ipn.serve.ServeReport;
import dev.weft.ipn.serve.ServeRequest;
import dev.weft.ipn.serve.ServeRequest.Mode;
import dev.weft.ipn.serve.ServeTarget;
import dev.weft.json.MalformedJson;
import dev.weft.tailcfg.QueryFeatureResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `weft serve`: shows a local service to the tailnet, for as long as the command runs or, with
/// `--bg`, until it is turned off.
final class ServeCommand implements Command {
  private final FlagSet flags = new FlagSet("weft serve");
  private final Flag<Boolean> background =
      flags.flag("bg", false, "serve in the background, also after a restart");
  private final Flag<Long> https =
      flags.number(
          "https",
          "PORT",
          0,
          "serve HTTPS on this port (the default, on 443, where there are certificates)");
  private final Flag<Long> http = flags.number("http", "PORT", 0, "serve plain HTTP on this port");
  private final Flag<Long> tcp = flags.number("tcp", "PORT", 0, "forward TCP from this port");
  private final Flag<Long> tlsTerminatedTcp =
      flags.number("tls-terminated-tcp", "PORT", 0, "end TLS on this port and forward TCP");
  private final Flag<String> setPath =
      flags.text("set-path", "PATH", "", "serve under this path instead of /");
  private final Flag<Long> proxyProtocol =
      flags.number("proxy-protocol", "VERSION", 0, "tell a TCP backend who connects: 1 or 2");
  private final Flag<String> acceptAppCaps =
      flags.text(
          "accept-app-caps", "CAPS", "", "capabilities to tell the backend, comma-separated");
  private final Flag<Boolean> yes = flags.flag("yes", false, "ask nothing");

  @Override
  public String arguments() {
    return """
    [flags] <target>        such as 3000, localhost:3000/docs, https://10.0.0.1:8443, text:hello
      weft serve [flags] off
      weft serve status [--json]
      weft serve reset\
    """;
  }

  @Override
  public String summary() {
    return "Show a local service to the tailnet";
  }

  @Override
  public FlagSet flags() {
    return flags;
  }

  @Override
  public int run(List<String> args, Terminal terminal, Daemon daemon) throws Failure, IOException {
    String first = args.isEmpty() ? "" : args.getFirst();
    switch (first) {
      case "status" -> new ServeStatus().run(args.subList(1, args.size()), terminal, daemon);
      case "reset" -> {
        if (args.size() > 1) {
          throw Failure.usage("weft serve reset: takes no arguments");
        }
        daemon.setServeConfig(ServeConfig.EMPTY.encode(), "");
      }
      default -> {
        try {
          change(args, terminal, daemon);
        } catch (ServeRefusal e) {
          throw Failure.of(e.text("weft serve"));
        }
      }
    }
    return 0;
  }

  private void change(List<String> args, Terminal terminal, Daemon daemon)
      throws Failure, IOException, ServeRefusal {
    ServeRequest asked = ServeRequest.of(Mode.SERVE, serveFlags(), args);
    Status status = daemon.status(false);
    String trouble = StatusText.trouble(status);
    if (trouble != null) {
      throw Failure.of(trouble);
    }
    ServeRequest request = withPossibleKind(asked, status, daemon);
    ServeNode node = node(status);
    HttpAnswer answer = daemon.serveConfig();
    ServeConfig config = config(answer);
    ServeEdit edit = new ServeEdit(request, node);
    Optional<String> question = edit.question(config);
    if (question.isPresent() && !yes.value() && !terminal.confirm(question.get())) {
      return;
    }
    if (request.isForeground()) {
      serveInForeground(request, edit, node, terminal, daemon);
      return;
    }
    ServeConfig next = edit.apply(config, ServeCommand::kindOf);
    daemon.setServeConfig(next.encode(), answer.etag());
    if (!request.off()) {
      started(request, next, node, terminal);
    }
  }

  /// Told once it is served: before, a refusal could still follow.
  private static void started(
      ServeRequest request, ServeConfig config, ServeNode node, Terminal terminal) {
    if (!request.kindChosen() && request.kind() == ServeKind.HTTP) {
      terminal.err().println(ServeReport.withoutCertificates(request));
    }
    terminal.out().println(new ServeReport(node).started(config, request));
    Backend.report(request, config, node, terminal);
  }

  private ServeFlags serveFlags() {
    List<String> caps = new ArrayList<>();
    for (String cap : acceptAppCaps.value().split(",", -1)) {
      if (!cap.isBlank()) {
        caps.add(cap.strip());
      }
    }
    return new ServeFlags(
        background.value(),
        https.value(),
        http.value(),
        tcp.value(),
        tlsTerminatedTcp.value(),
        setPath.value(),
        proxyProtocol.value(),
        caps);
  }

  /// HTTPS needs certificates, which only some control servers help to get.
  private static ServeRequest withPossibleKind(ServeRequest request, Status status, Daemon daemon)
      throws Failure {
    boolean tls =
        request.kind() == ServeKind.HTTPS || request.kind() == ServeKind.TLS_TERMINATED_TCP;
    if (!tls || !status.certDomains().isEmpty()) {
      return request;
    }
    if (!request.kindChosen()) {
      return request.inPlainHttp();
    }
    return request.off() ? request : enabled(request, daemon);
  }

  private static ServeRequest enabled(ServeRequest request, Daemon daemon) throws Failure {
    QueryFeatureResponse feature = daemon.queryFeature("serve");
    if (feature.complete()) {
      return request;
    }
    String text = feature.text().isEmpty() ? "" : "\n" + feature.text();
    String url = feature.url().isEmpty() ? "" : "\n" + feature.url();
    throw Failure.of(
        "this tailnet's control server offers no certificates: use --http=80 instead" + text + url);
  }

  private static void serveInForeground(
      ServeRequest request, ServeEdit edit, ServeNode node, Terminal terminal, Daemon daemon)
      throws Failure, IOException, ServeRefusal {
    ServeConfig own = edit.apply(ServeConfig.EMPTY, ServeCommand::kindOf);
    try (EventReader events = daemon.watch(WatchOption.INITIAL_STATE)) {
      String session =
          events.next().map(Notify::sessionId).orElseThrow(() -> Failure.of("the daemon ended"));
      HttpAnswer answer = daemon.serveConfig();
      daemon.setServeConfig(config(answer).withForeground(session, own).encode(), answer.etag());
      started(request, own, node, terminal);
      terminal.out().flush();
      // The daemon takes the entry away when this connection ends: by Ctrl-C, or whatever else ends
      // this process.
      Optional<Notify> event = events.next();
      while (event.isPresent()) {
        event = events.next();
      }
    }
  }

  private static ServeNode node(Status status) throws Failure {
    PeerStatus self = status.self();
    if (self == null || self.dnsName().isEmpty()) {
      throw Failure.of("this node has no name in the tailnet: its control server gives none");
    }
    return new ServeNode("weft", self.dnsName(), status.tailscaleIps());
  }

  private static ServeConfig config(HttpAnswer answer) throws Failure {
    try {
      return ServeConfig.decode(answer.body());
    } catch (MalformedJson e) {
      throw Failure.of("the daemon's serve config makes no sense: " + e.getMessage());
    }
  }

  private static ServeEdit.Files.Kind kindOf(String path) {
    Path file = Path.of(path);
    if (Files.isDirectory(file)) {
      return ServeEdit.Files.Kind.DIRECTORY;
    }
    return Files.exists(file) ? ServeEdit.Files.Kind.FILE : ServeEdit.Files.Kind.MISSING;
  }

  /// `weft serve status`.
  private static final class ServeStatus {
    private final FlagSet flags = new FlagSet("weft serve status");
    private final Flag<Boolean> json = flags.flag("json", false, "print as JSON");

    void run(List<String> args, Terminal terminal, Daemon daemon) throws Failure {
      List<String> rest;
      try {
        rest = flags.parse(args);
      } catch (FlagSet.HelpWanted _) {
        terminal.out().println("usage: weft serve status [--json]");
        return;
      }
      if (!rest.isEmpty()) {
        throw Failure.usage("weft serve status: takes no arguments");
      }
      HttpAnswer answer = daemon.serveConfig();
      ServeConfig config = config(answer);
      if (json.value()) {
        boolean none = answer.body().strip().equals("null");
        terminal.out().println(none ? "null" : config.encodeIndented());
        return;
      }
      if (config.isEmpty() && !config.isFunnelOn()) {
        terminal.out().println("No serve config");
        return;
      }
      ServeReport report = new ServeReport(node(daemon.status(false)));
      terminal.out().print(report.status(config));
      terminal.err().print(report.warnings(config));
    }
  }

  /// Whether the service that is to be shown is there.
  private static final class Backend {
    private static final int CONNECT_MILLIS = 1000;

    private Backend() {}

    static void report(
        ServeRequest request, ServeConfig config, ServeNode node, Terminal terminal) {
      String kept = target(request, config, node);
      Optional<HostPort> address = ServeTarget.address(kept);
      if (address.isEmpty()) {
        return;
      }
      HostPort backend = address.get();
      boolean answers = answers(backend);
      terminal
          .err()
          .println(
              answers
                  ? backend + " answers."
                  : "Nothing answers at "
                      + backend
                      + " yet; callers get an error until something does.");
    }

    private static String target(ServeRequest request, ServeConfig config, ServeNode node) {
      if (!request.kind().isWeb()) {
        return config.findTcp(request.port()).map(port -> port.tcpForward()).orElse("");
      }
      return config
          .findWeb(new HostPort(node.dnsName(), request.port()))
          .map(web -> web.handlers().get(request.mount()))
          .map(handler -> handler.proxy())
          .orElse("");
    }

    private static boolean answers(HostPort backend) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(backend.host(), backend.port()), CONNECT_MILLIS);
        return true;
      } catch (IOException _) {
        return false;
      }
    }
  }
}
