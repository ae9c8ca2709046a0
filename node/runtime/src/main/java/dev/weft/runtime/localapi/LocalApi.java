package dev.weft.runtime.localapi;

import dev.weft.ipn.WatchOption;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/// Decides the answer to a request: the defences against browsers, the routes, and the endpoints
/// that need no more than a few lines.
final class LocalApi {
  static final String HOST =
      "local-tailscaled.sock"; // what every client of this interface calls the daemon
  private static final String PREFIX = "/localapi/v0/";
  private static final String PROFILES = "profiles/";
  private static final Set<WatchOption> NOT_WITH_RATE_LIMIT =
      EnumSet.of(
          WatchOption.PEER_CHANGES,
          WatchOption.NO_NET_MAP,
          WatchOption.INITIAL_STATUS,
          WatchOption.PEER_PATCHES);

  private final LocalBackend backend;
  private final SettingsEndpoints settings;
  private final PeerEndpoints peers;
  private final ServeConfigEndpoint serveConfig;
  private final DnsEndpoints dns;
  private final ProfileEndpoints profiles;
  private final DebugEndpoints debug;

  LocalApi(LocalBackend backend) {
    this.backend = backend;
    this.settings = new SettingsEndpoints(backend);
    this.peers = new PeerEndpoints(backend);
    this.serveConfig = new ServeConfigEndpoint(backend);
    this.dns = new DnsEndpoints(backend.dns());
    this.profiles = new ProfileEndpoints(backend.profiles());
    this.debug = new DebugEndpoints(backend);
  }

  /// @throws InterruptedException when the caller went away while its answer was being made
  Answer answer(Request request, Access access) throws InterruptedException {
    if (isFromBrowser(request)) {
      return Answer.text(Answer.FORBIDDEN, "invalid localapi request");
    }
    if (request.path().equals("/")) {
      return Answer.text(Answer.OK, "tailscaled");
    }
    if (request.path().equals("/server-status") && request.isGet()) {
      return Answer.json(Answer.OK, "{}\n"); // whoever can ask finds the backend running
    }
    if (!request.path().startsWith(PREFIX)) {
      return notFound();
    }
    return route(request.path().substring(PREFIX.length()), request, access);
  }

  /// No program that talks to a daemon of its own machine sends these; a browser that was tricked
  /// into asking does.
  private static boolean isFromBrowser(Request request) {
    String host = request.header("Host");
    return !request.header("Origin").isEmpty()
        || !request.header("Referer").isEmpty()
        || !(host.isEmpty() || host.equals(HOST));
  }

  private Answer route(String endpoint, Request request, Access access)
      throws InterruptedException {
    if (endpoint.startsWith(PROFILES)) {
      return profiles.answer(endpoint.substring(PROFILES.length()), request, access);
    }
    return switch (endpoint) {
      case "status" -> settings.status(request, access);
      case "prefs" -> settings.prefs(request, access);
      case "check-prefs" -> settings.checkPrefs(request, access);
      case "start" -> settings.start(request, access);
      case "login-interactive" -> settings.loginInteractive(request, access);
      case "logout" -> settings.logout(request, access);
      case "watch-ipn-bus" -> watch(request, access);
      case "whois" -> peers.whois(request, access);
      case "ping" -> peers.ping(request);
      case "derpmap" -> peers.derpMap(request);
      case "dns-config" -> dns.config(access);
      case "dns-osconfig" -> dns.systemConfig(request, access);
      case "dns-query" -> dns.query(request, access);
      case "debug" -> debug.debug(request, access);
      case "debug-capture" -> DebugEndpoints.capture(request, access);
      case "dial" -> peers.dial(request);
      case "serve-config" -> serveConfig.answer(request, access);
      case "query-feature" -> settings.queryFeature(request, access);
      case "usermetrics" -> metrics();
      case "metrics" -> access.write() ? metrics() : Answer.denied("metric");
      case "shutdown" -> shutdown(request, access);
      default -> notFound();
    };
  }

  private static Answer notFound() {
    return Answer.text(Answer.NOT_FOUND, "404 page not found");
  }

  private static Answer watch(Request request, Access access) {
    if (!access.read()) {
      return Answer.denied("watch ipn bus");
    }
    Set<WatchOption> options = EnumSet.noneOf(WatchOption.class);
    String mask = request.parameter("mask");
    if (!mask.isEmpty()) {
      try {
        options = WatchOption.ofMask(Long.parseLong(mask));
      } catch (NumberFormatException _) {
        return Answer.text(Answer.BAD_REQUEST, "bad mask");
      }
    }
    if (options.contains(WatchOption.IN_PROCESS_NO_DISCONNECT)) {
      return Answer.text(
          Answer.BAD_REQUEST, "mask asks for a watch that only the daemon's own process may have");
    }
    if (options.contains(WatchOption.RATE_LIMIT)
        && options.stream().anyMatch(NOT_WITH_RATE_LIMIT::contains)) {
      return Answer.text(Answer.BAD_REQUEST, "mask combines the rate limit with changes of peers");
    }
    return new Answer.Events(options);
  }

  private Answer metrics() {
    return new Answer.Full(
        Answer.OK, "text/plain;version=0.0.4;charset=utf-8", backend.userMetrics(), Map.of());
  }

  private Answer shutdown(Request request, Access access) {
    if (!request.isPost()) {
      return Answer.text(Answer.METHOD_NOT_ALLOWED, "only POST allowed");
    }
    if (!access.write()) {
      return Answer.denied("shutdown");
    }
    backend.shutdown();
    return Answer.empty(Answer.OK);
  }
}
