package dev.weft.cli;

import dev.weft.ipn.LoginProfile;
import dev.weft.ipn.MaskedPrefs;
import dev.weft.ipn.Options;
import dev.weft.ipn.PingResult;
import dev.weft.ipn.PingType;
import dev.weft.ipn.Prefs;
import dev.weft.ipn.Status;
import dev.weft.ipn.WatchOption;
import dev.weft.json.Json;
import dev.weft.json.JsonType;
import dev.weft.json.JsonTypes;
import dev.weft.json.MalformedJson;
import dev.weft.tailcfg.DerpMap;
import dev.weft.tailcfg.DnsConfig;
import dev.weft.tailcfg.QueryFeatureResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The daemon as a command sees it: one method for each thing that can be asked.
///
/// Every failure is a [Failure] fit to be printed: a daemon that is not there, a request that it
/// refuses, an answer that makes no sense.
final class Daemon {
  private static final String PREFIX = "/localapi/v0/";
  private static final int SWITCHING_PROTOCOLS = 101;
  private static final int OK = 200;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int PRECONDITION_FAILED = 412;

  private final Path socket;

  Daemon(Path socket) {
    this.socket = socket;
  }

  Status status(boolean withPeers) throws Failure {
    return decode(Status.JSON, statusJson(withPeers));
  }

  /// The status in the daemon's own words, with whatever a newer daemon adds.
  String statusJson(boolean withPeers) throws Failure {
    return get(withPeers ? "status" : "status?peers=false").body();
  }

  Prefs prefs() throws Failure {
    return decode(Prefs.JSON, get("prefs").body());
  }

  Prefs editPrefs(MaskedPrefs change) throws Failure {
    return decode(
        Prefs.JSON, succeed("PATCH", "prefs", Json.encodeToText(MaskedPrefs.JSON, change)).body());
  }

  /// @throws Failure when the node could not run with these settings; the message is the daemon's
  void checkPrefs(Prefs prefs) throws Failure {
    String body = succeed("POST", "check-prefs", Json.encodeToText(Prefs.JSON, prefs)).body();
    String error = ErrorBody.message(body);
    if (!error.isEmpty()) {
      throw Failure.of(error);
    }
  }

  void start(Options options) throws Failure {
    succeed("POST", "start", Json.encodeToText(Options.JSON, options));
  }

  void loginInteractive() throws Failure {
    succeed("POST", "login-interactive", "");
  }

  void logout() throws Failure {
    succeed("POST", "logout", "");
  }

  /// Who is behind an address, as the daemon's JSON; empty when nobody is.
  Optional<String> whoisJson(String address, String proto) throws Failure {
    HttpAnswer answer =
        ask("GET", "whois?proto=" + query(proto) + "&addr=" + query(address), "", "");
    if (answer.status() == NOT_FOUND) {
      return Optional.empty();
    }
    return Optional.of(checked(answer).body());
  }

  /// Sends one ping; empty when no answer came in time.
  Optional<PingResult> ping(String ip, PingType type, long size, Duration timeout) throws Failure {
    String target = "ping?ip=" + query(ip) + "&size=" + size + "&type=" + type;
    try (LocalHttp http = connect();
        Deadline deadline = Deadline.closing(http, timeout)) {
      try {
        http.send("POST", PREFIX + target, "", "");
        return Optional.of(decode(PingResult.JSON, checked(http.answer()).body()));
      } catch (IOException e) {
        if (deadline.hasPassed()) {
          return Optional.empty();
        }
        throw lost(e);
      }
    } catch (IOException e) {
      throw lost(e);
    }
  }

  /// The serve configuration and its entity tag.
  HttpAnswer serveConfig() throws Failure {
    return get("serve-config");
  }

  /// @param etag what must still be right; empty to overwrite
  void setServeConfig(String config, String etag) throws Failure {
    HttpAnswer answer = ask("POST", "serve-config", config, etag);
    if (answer.status() == PRECONDITION_FAILED) {
      throw Failure.of("Another client is changing the serve config; please try again.");
    }
    checked(answer);
  }

  QueryFeatureResponse queryFeature(String feature) throws Failure {
    return decode(
        QueryFeatureResponse.JSON,
        succeed("POST", "query-feature?feature=" + query(feature), "").body());
  }

  /// The settings in the daemon's own words.
  String prefsJson() throws Failure {
    return get("prefs").body();
  }

  /// The relays as the daemon's JSON; `null` before its first network map.
  String derpMapJson() throws Failure {
    return get("derpmap").body();
  }

  DerpMap derpMap() throws Failure {
    String json = derpMapJson().strip();
    if (json.equals("null")) {
      throw Failure.of("the daemon knows no relays yet: connect first, with 'weft up'");
    }
    return decode(DerpMap.JSON, json);
  }

  String networkMapJson() throws Failure {
    return succeed("POST", "debug?action=current-netmap", "").body();
  }

  String userMetrics() throws Failure {
    return get("usermetrics").body();
  }

  LoginProfile currentProfile() throws Failure {
    return decode(LoginProfile.JSON, get("profiles/current").body());
  }

  List<LoginProfile> profiles() throws Failure {
    String json = get("profiles/").body().strip();
    return json.equals("null") ? List.of() : decode(JsonTypes.listOf(LoginProfile.JSON), json);
  }

  /// Puts the login in use aside and begins a new one.
  void beginProfile() throws Failure {
    succeed("PUT", "profiles/", "");
  }

  void useProfile(String id) throws Failure {
    succeed("POST", "profiles/" + query(id), "");
  }

  void deleteProfile(String id) throws Failure {
    succeed("DELETE", "profiles/" + query(id), "");
  }

  DnsConfig dnsConfig() throws Failure {
    return decode(DnsConfig.JSON, get("dns-config").body());
  }

  /// What the machine resolves names with, as the daemon's JSON.
  ///
  /// @throws Failure when the daemon cannot say
  String systemDnsJson() throws Failure {
    return get("dns-osconfig").body();
  }

  /// The answer to a question, as the daemon's JSON.
  String dnsQueryJson(String name, String type) throws Failure {
    return get("dns-query?name=" + query(name) + "&type=" + query(type)).body();
  }

  /// Opens a connection to a port of the tailnet, or of the world when the daemon says that the way
  /// there is not its own.
  LocalHttp.Stream dial(String host, int port) throws Failure {
    LocalHttp http = connect();
    try {
      http.sendWith(
          "POST",
          PREFIX + "dial",
          "Connection: upgrade\r\nUpgrade: ts-dial\r\nDial-Host: "
              + host
              + "\r\nDial-Port: "
              + port
              + "\r\nDial-Network: tcp\r\n");
      if (http.status() == SWITCHING_PROTOCOLS) {
        return http.stream();
      }
      String self = http.dialAddress();
      HttpAnswer answer = checked(http.answer());
      http.close();
      int colon = self.lastIndexOf(':');
      if (colon < 0) {
        throw Failure.of("the daemon does not dial: it answered " + answer.status());
      }
      return LocalHttp.Stream.connect(self);
    } catch (IOException e) {
      throw lost(e);
    }
  }

  /// Copies the packets in the tunnel until the daemon or this process ends.
  ///
  /// @param begun told when the first will be seen
  void capture(OutputStream out, Runnable begun) throws Failure {
    try (LocalHttp http = connect()) {
      http.send("POST", PREFIX + "debug-capture", "", "");
      if (http.status() != OK) {
        checked(http.answer());
      }
      begun.run();
      http.copyTo(out);
    } catch (IOException e) {
      throw lost(e);
    }
  }

  /// Begins to watch what happens.
  EventReader watch(WatchOption... options) throws Failure {
    LocalHttp http = connect();
    try {
      http.send("GET", PREFIX + "watch-ipn-bus?mask=" + WatchOption.mask(options), "", "");
      if (http.status() != 200) {
        checked(http.answer());
      }
      return new EventReader(http, this);
    } catch (IOException e) {
      throw lost(e);
    }
  }

  private HttpAnswer get(String target) throws Failure {
    return checked(ask("GET", target, "", ""));
  }

  private HttpAnswer succeed(String method, String target, String body) throws Failure {
    return checked(ask(method, target, body, ""));
  }

  private HttpAnswer ask(String method, String target, String body, String ifMatch) throws Failure {
    try (LocalHttp http = connect()) {
      http.send(method, PREFIX + target, body, ifMatch);
      return http.answer();
    } catch (IOException e) {
      throw lost(e);
    }
  }

  private LocalHttp connect() throws Failure {
    try {
      return LocalHttp.connect(socket);
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      throw unreachable(e);
    }
  }

  private Failure unreachable(Exception cause) {
    if (Files.exists(socket) && !Files.isWritable(socket)) {
      return Failure.of(
          "not allowed to use the daemon's socket "
              + socket
              + ": run this as the user who started the daemon");
    }
    boolean absent = !Files.exists(socket) || "Connection refused".equals(cause.getMessage());
    return Failure.of(
        absent
            ? "no Weft daemon at "
                + socket
                + ": start one with 'weft daemon', or name its socket with --socket"
            : "cannot reach the Weft daemon at " + socket + ": " + cause.getMessage());
  }

  Failure lost(IOException cause) {
    String detail = cause.getMessage();
    return Failure.of("lost the daemon at " + socket + (detail == null ? "" : ": " + detail));
  }

  private static HttpAnswer checked(HttpAnswer answer) throws Failure {
    if (answer.isSuccess()) {
      return answer;
    }
    String message = ErrorBody.message(answer.body());
    if (answer.status() == FORBIDDEN) {
      throw Failure.of(
          (message.isEmpty() ? "access denied" : message)
              + "\nUse 'sudo weft …', or have root name you as the operator: 'sudo weft up --operator=$USER'.");
    }
    throw Failure.of(message.isEmpty() ? "the daemon answered " + answer.status() : message);
  }

  private static <T> T decode(JsonType<T> type, String json) throws Failure {
    try {
      return Json.decode(type, json);
    } catch (MalformedJson e) {
      throw Failure.of("the daemon's answer makes no sense: " + e.getMessage());
    }
  }

  private static String query(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
