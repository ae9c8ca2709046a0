package dev.weft.ipn.serve;

import dev.weft.base.Ip;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The texts that `serve` and `serve status` print (`docs/protocol/services.md` §1.11), each ending
/// without a line end unless the original prints one.
public final class ServeReport {
  private static final int SHOWN_TEXT = 20;

  private final ServeNode node;

  public ServeReport(ServeNode node) {
    this.node = node;
  }

  /// What to say after `request` was carried out, on standard output with a line end behind it.
  ///
  /// @param config what [ServeEdit#apply] returned
  public String started(ServeConfig config, ServeRequest request) {
    HostPort host = new HostPort(node.dnsName(), request.port());
    boolean funnel = Boolean.TRUE.equals(config.allowFunnel().get(host));
    StringBuilder out = new StringBuilder();
    out.append(funnel ? "Available on the internet:" : "Available within your tailnet:");
    out.append("\n\n");
    TcpPortHandler port = config.tcp().get(request.port());
    WebServerConfig web = config.web().get(host);
    if (web != null) {
      boolean tls = port == null || !port.http();
      for (String mount : byLength(web)) {
        out.append(url(host, tls)).append(mount).append('\n');
        out.append("|-- %-5s %s\n\n".formatted(describe(web, mount)));
      }
    } else if (port != null) {
      tcpStarted(out, host, port);
    }
    if (!request.background()) {
      return out.append("Press Ctrl+C to exit.").toString();
    }
    out.append(request.mode().capitalised()).append(" started and running in the background.\n");
    return out.append(
            "To disable the proxy, run: %s %s --%s=%d off"
                .formatted(
                    node.program(), request.mode().command(), request.kind(), request.port()))
        .toString();
  }

  /// The line for a run that fell back to plain HTTP.
  public static String withoutCertificates(ServeRequest request) {
    return "This tailnet's control server offers no certificates: serving in plain HTTP on port %d."
        .formatted(request.port());
  }

  private void tcpStarted(StringBuilder out, HostPort host, TcpPortHandler port) {
    List<String> notes = new ArrayList<>();
    if (!port.terminateTls().isEmpty()) {
      notes.add("TLS terminated");
    }
    if (port.proxyProtocol() != 0) {
      notes.add("PROXY protocol v" + port.proxyProtocol());
    }
    out.append("|-- tcp://").append(host);
    out.append(notes.isEmpty() ? "" : " (" + String.join(", ", notes) + ")").append('\n');
    tcpTail(out, host.port(), port);
    out.append('\n');
  }

  private void tcpTail(StringBuilder out, int number, TcpPortHandler port) {
    for (Ip address : node.addresses()) {
      out.append("|-- tcp://").append(new HostPort(address.toString(), number)).append('\n');
    }
    boolean unix = port.tcpForward().startsWith("unix:");
    out.append("|--> ").append(unix ? "" : "tcp://").append(port.tcpForward()).append('\n');
  }

  /// `serve status`, complete with line ends: the background configuration only, as the original.
  public String status(ServeConfig config) {
    StringBuilder out = new StringBuilder();
    funnelStatus(out, config);
    if (config.isEmpty()) {
      return out.append("No serve config\n").toString();
    }
    boolean anyTcp = false;
    for (var entry : config.tcp().entrySet()) {
      if (!entry.getValue().tcpForward().isEmpty()) {
        tcpStatus(out, config, entry.getKey(), entry.getValue());
        anyTcp = true;
      }
    }
    out.append(anyTcp ? "\n" : "");
    config.web().forEach((host, web) -> webStatus(out, config, host, web));
    return out.toString();
  }

  /// What `serve status` adds on its error stream; empty when there is nothing to warn of.
  public String warnings(ServeConfig config) {
    StringBuilder out = new StringBuilder();
    config
        .allowFunnel()
        .forEach((host, on) -> {
          if (on && !config.tcp().containsKey(host.port())) {
            out.append("\nWarning: funnel=on for ").append(host).append(", but no serve config\n");
          }
        });
    if (!out.isEmpty()) {
      out.append(
          "         run: `%s serve --help` to see how to configure handlers\n"
              .formatted(node.program()));
    }
    return out.toString();
  }

  private static void funnelStatus(StringBuilder out, ServeConfig config) {
    if (!config.isFunnelOn()) {
      return;
    }
    out.append("\n# Funnel on:\n");
    config
        .allowFunnel()
        .forEach((host, on) -> {
          TcpPortHandler port = config.tcp().get(host.port());
          boolean tcp = port != null && !port.isWeb();
          if (on) {
            out.append("#     - ").append(tcp ? "tcp://" + host : url(host, true)).append('\n');
          }
        });
    out.append('\n');
  }

  private void tcpStatus(StringBuilder out, ServeConfig config, int number, TcpPortHandler port) {
    HostPort host = new HostPort(node.dnsName(), number);
    String tls = port.terminateTls().isEmpty() ? "" : "TLS-terminated TCP, ";
    out.append("|-- tcp://%s (%s%s)\n".formatted(host, tls, reach(config, host)));
    tcpTail(out, number, port);
  }

  private static void webStatus(
      StringBuilder out, ServeConfig config, HostPort host, WebServerConfig web) {
    TcpPortHandler port = config.tcp().get(host.port());
    boolean tls = port == null || !port.http();
    String reach = reach(config, host);
    if (!tls) {
      String label = host.host().replaceAll("\\..*", "");
      out.append("%s (%s)\n".formatted(url(new HostPort(label, host.port()), false), reach));
    }
    out.append("%s (%s)\n".formatted(url(host, tls), reach));
    List<String> mounts = byLength(web);
    int width = mounts.isEmpty() ? 0 : mounts.getLast().length();
    for (String mount : mounts) {
      out.append("|-- ").append(mount).repeat(' ', width - mount.length());
      out.append(" %-5s %s\n".formatted(describe(web, mount)));
    }
    out.append('\n');
  }

  private static String reach(ServeConfig config, HostPort host) {
    return Boolean.TRUE.equals(config.allowFunnel().get(host)) ? "Funnel on" : "tailnet only";
  }

  private static String url(HostPort host, boolean tls) {
    boolean implied = host.port() == (tls ? 443 : 80);
    return (tls ? "https://" : "http://") + (implied ? host.host() : host.toString());
  }

  private static List<String> byLength(WebServerConfig web) {
    return web.handlers().keySet().stream()
        .sorted(Comparator.comparingInt(String::length))
        .toList();
  }

  private static Object[] describe(WebServerConfig web, String mount) {
    HttpHandler handler = web.handlers().get(mount);
    return switch (handler == null ? new HttpHandler.Action.None() : handler.action()) {
      case HttpHandler.Action.Path path -> new Object[] {"path", path.path()};
      case HttpHandler.Action.Proxy proxy -> new Object[] {"proxy", proxy.backend()};
      case HttpHandler.Action.Text text ->
          new Object[] {"text", "\"" + shortened(text.body()) + "\""};
      case HttpHandler.Action.Redirect redirect -> new Object[] {"redirect", redirect.url()};
      case HttpHandler.Action.None() -> new Object[] {"", ""};
    };
  }

  private static String shortened(String text) {
    return text.length() <= SHOWN_TEXT ? text : text.substring(0, SHOWN_TEXT - 3) + "...";
  }
}
