package dev.weft.control;

import dev.weft.control.http.Exchange;
import dev.weft.control.http.Handlers;
import dev.weft.control.http.Reply;
import dev.weft.control.tailnet.RegisterOutcome;
import dev.weft.json.Json;
import dev.weft.json.MalformedJson;
import dev.weft.keys.MachineKey;
import dev.weft.keys.NodeKey;
import dev.weft.tailcfg.OverTlsPublicKeyResponse;
import dev.weft.tailcfg.QueryFeatureRequest;
import dev.weft.tailcfg.QueryFeatureResponse;
import dev.weft.tailcfg.RegisterRequest;
import dev.weft.tailcfg.RegisterResponse;
import dev.weft.tailcfg.SetDnsRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;

/// Which path means what, outside and inside Noise (`docs/protocol/control.md` §3).
final class Endpoints implements Handlers {
  /// Known to clients and not offered: they are told so, not that the path is wrong.
  private static final Set<String> NOT_OFFERED =
      Set.of(
          "/machine/whoami", "/machine/set-device-attr", "/machine/audit-log", "/machine/id-token");

  private static final String REGISTER_PAGE = "/register/";

  /// What a login waits with for minutes, and anybody may begin one. Real ones take a few KiB.
  private static final int MAX_REGISTER_BODY = 64 * 1024;

  private final ControlPlane plane;
  private final MachineKey serverKey;
  private final MapEndpoint maps;
  private final ControlMetrics metrics;
  private final RequestLimits limits = new RequestLimits();

  Endpoints(ControlPlane plane, MachineKey serverKey, ControlMetrics metrics) {
    this.metrics = metrics;
    this.plane = plane;
    this.serverKey = serverKey;
    this.maps = new MapEndpoint(plane);
  }

  @Override
  public Reply open(String method, String uri, byte[] body) {
    String path = uri.indexOf('?') < 0 ? uri : uri.substring(0, uri.indexOf('?'));
    if (path.equals("/verify")) {
      return method.equals("POST") ? verify(body) : Reply.text(405, "only POST");
    }
    if (!method.equals("GET") && !method.equals("HEAD")) {
      return Reply.text(405, "only GET");
    }
    if (path.startsWith(REGISTER_PAGE)) {
      return registerPage(path.substring(REGISTER_PAGE.length()));
    }
    return switch (path) {
      case "/key" -> Reply.json(Json.encode(OverTlsPublicKeyResponse.JSON, keys()));
      case "/health" -> Reply.text(200, "ok");
      case "/robots.txt" -> Reply.text(200, "User-agent: *\nDisallow: /");
      default -> Reply.text(404, "not found");
    };
  }

  /// A relay asks whom it may serve.
  private Reply verify(byte[] body) {
    try {
      NodeKey key = Json.decode(DerpAdmission.Request.JSON, body).node();
      boolean isMember = plane.with((tailnet, _) -> tailnet.isMember(plane.now(), key));
      return Reply.json(
          Json.encode(DerpAdmission.Response.JSON, new DerpAdmission.Response(isMember)));
    } catch (MalformedJson e) {
      return Reply.text(400, "malformed request: " + e.getMessage());
    }
  }

  /// The legacy key is dead, but a client asks again before every login when it is zero
  /// (`docs/protocol/control.md` §1.2).
  private OverTlsPublicKeyResponse keys() {
    return new OverTlsPublicKeyResponse(serverKey, serverKey);
  }

  private Reply registerPage(String id) {
    boolean pending = plane.with((tailnet, _) -> tailnet.isLoginPending(plane.now(), id));
    return pending
        ? LoginPage.of(id)
        : Reply.text(404, "no login waits here: start it again on the node");
  }

  @Override
  public void inside(Exchange exchange) throws IOException {
    try {
      Duration wait = waitOf(exchange);
      if (!wait.isZero()) {
        metrics.limited(exchange.path());
        exchange.reply(Reply.tooMany(wait));
        return;
      }
      switch (exchange.path()) {
        case "/machine/register" -> register(exchange);
        case "/machine/map" -> {
          metrics.mapRequested();
          maps.handle(exchange);
        }
        case "/machine/set-dns" -> setDns(exchange);
        case "/machine/feature/query" -> queryFeature(exchange);
        case "/machine/update-health" -> exchange.reply(Reply.empty(204));
        default -> exchange.reply(unknown(exchange.path()));
      }
    } catch (MalformedJson e) {
      exchange.reply(Reply.text(400, "malformed request: " + e.getMessage()));
    }
  }

  private Duration waitOf(Exchange exchange) {
    MachineKey machine = exchange.peer().machine();
    long now = System.nanoTime();
    return switch (exchange.path()) {
      case "/machine/register" -> limits.register(machine, exchange.place(), now);
      case "/machine/map" -> limits.map(machine, now);
      default -> Duration.ZERO;
    };
  }

  private static Reply unknown(String path) {
    return NOT_OFFERED.contains(path) || path.startsWith("/machine/tka/")
        ? Reply.text(501, "not offered by this control plane")
        : Reply.text(404, "not found");
  }

  private void register(Exchange exchange) throws MalformedJson {
    if (exchange.body().length > MAX_REGISTER_BODY) {
      exchange.reply(Reply.text(413, "the request is too large"));
      return;
    }
    RegisterRequest request = Json.decode(RegisterRequest.JSON, exchange.body());
    try {
      RegisterOutcome outcome =
          plane.register(
              exchange.peer().machine(),
              exchange.place(),
              request,
              putOff -> {
                exchange.forgetBody();
                exchange.onClose(putOff);
              });
      metrics.registered(outcomeOf(outcome));
      exchange.reply(
          switch (outcome) {
            case RegisterOutcome.Answer(RegisterResponse response) -> json(response);
            case RegisterOutcome.Hold(RegisterResponse response) -> json(response);
            case RegisterOutcome.TooMany(Duration wait) -> Reply.tooMany(wait);
          });
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static ControlMetrics.Outcome outcomeOf(RegisterOutcome outcome) {
    return switch (outcome) {
      case RegisterOutcome.Answer(RegisterResponse response) when !response.authUrl().isEmpty() ->
          ControlMetrics.Outcome.LOGIN;
      case RegisterOutcome.Answer(RegisterResponse response) ->
          response.machineAuthorized()
              ? ControlMetrics.Outcome.ACCEPTED
              : ControlMetrics.Outcome.REFUSED;
      case RegisterOutcome.Hold _ -> ControlMetrics.Outcome.LOGIN;
      case RegisterOutcome.TooMany _ -> ControlMetrics.Outcome.LIMITED;
    };
  }

  private static Reply json(RegisterResponse response) {
    return Reply.json(Json.encode(RegisterResponse.JSON, response));
  }

  private void setDns(Exchange exchange) throws MalformedJson {
    SetDnsRequest request = Json.decode(SetDnsRequest.JSON, exchange.body());
    exchange.reply(
        isOurs(exchange, request.nodeKey())
            ? Reply.text(501, "this control plane writes no public DNS records")
            : Reply.text(403, "not your node key"));
  }

  private void queryFeature(Exchange exchange) throws MalformedJson {
    QueryFeatureRequest request = Json.decode(QueryFeatureRequest.JSON, exchange.body());
    if (!isOurs(exchange, request.nodeKey())) {
      exchange.reply(Reply.text(403, "not your node key"));
      return;
    }
    QueryFeatureResponse response =
        QueryFeatureResponse.builder()
            .text(
                "This tailnet has no public domain, so there are no certificates for HTTPS and no Funnel."
                    + " Serving plain HTTP inside the tailnet works: serve --http=80.")
            .build();
    exchange.reply(Reply.json(Json.encode(QueryFeatureResponse.JSON, response)));
  }

  private boolean isOurs(Exchange exchange, NodeKey key) {
    return plane.authenticate(exchange.peer().machine(), key).isPresent();
  }
}
