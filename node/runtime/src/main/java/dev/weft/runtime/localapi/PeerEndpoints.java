package dev.weft.runtime.localapi;

import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.ipn.PingResult;
import dev.weft.ipn.PingType;
import dev.weft.ipn.WhoIsResponse;
import dev.weft.json.Json;
import dev.weft.keys.NodeKey;
import dev.weft.tailcfg.DerpMap;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;

/// The endpoints about other nodes: who they are, whether they answer, the way to them.
final class PeerEndpoints {
  private static final int MAX_DISCO_PING_SIZE =
      9000 - 20 - 8; // the largest packet of the tunnel, less IPv4 and UDP headers
  private static final int MAX_PORT = 65535;
  private final LocalBackend backend;

  PeerEndpoints(LocalBackend backend) {
    this.backend = backend;
  }

  Answer whois(Request request, Access access) {
    if (!access.read()) {
      return Answer.denied("whois");
    }
    String address = request.parameter("addr");
    if (address.isEmpty()) {
      return Answer.text(Answer.BAD_REQUEST, "missing 'addr' parameter");
    }
    Optional<WhoIsResponse> found;
    try {
      found =
          address.startsWith("nodekey:")
              ? backend.whois(NodeKey.parse(address))
              : backend.whois(endpoint(address));
    } catch (IllegalArgumentException _) {
      return Answer.text(Answer.BAD_REQUEST, "invalid 'addr' parameter");
    }
    return found
        .<Answer>map(who -> Answer.json(WhoIsResponse.JSON, who))
        .orElseGet(() -> Answer.text(Answer.NOT_FOUND, "no match for IP:port"));
  }

  private static Endpoint endpoint(String address) {
    return Ip.tryParse(address)
        .map(ip -> new Endpoint(ip, 0))
        .orElseGet(() -> Endpoint.parse(address));
  }

  Answer ping(Request request) throws InterruptedException {
    if (!request.isPost()) {
      return Answer.text(Answer.BAD_REQUEST, "want POST");
    }
    if (request.parameter("ip").isEmpty()) {
      return Answer.text(Answer.BAD_REQUEST, "missing 'ip' parameter");
    }
    Optional<Ip> ip = Ip.tryParse(request.parameter("ip"));
    if (ip.isEmpty()) {
      return Answer.text(Answer.BAD_REQUEST, "invalid IP");
    }
    Optional<PingType> type = PingType.tryParse(request.parameter("type"));
    if (type.isEmpty()) {
      return Answer.text(Answer.BAD_REQUEST, "missing or unknown 'type' parameter");
    }
    int size = size(request.parameter("size"));
    if (size < 0 || size > MAX_DISCO_PING_SIZE) {
      return Answer.text(
          Answer.BAD_REQUEST, "invalid 'size' parameter: 0 to " + MAX_DISCO_PING_SIZE);
    }
    if (size != 0 && type.get() != PingType.DISCO) {
      return Answer.text(Answer.BAD_REQUEST, "'size' parameter is only supported with disco pings");
    }
    try {
      PingResult result = backend.ping(ip.get(), type.get(), size);
      return Answer.json(Answer.OK, Json.encodeToText(PingResult.JSON, result) + '\n');
    } catch (BackendException e) {
      return Answer.error(Answer.INTERNAL_SERVER_ERROR, "error", e.getMessage());
    }
  }

  private static int size(String text) {
    try {
      return text.isEmpty() ? 0 : Integer.parseInt(text);
    } catch (NumberFormatException _) {
      return -1;
    }
  }

  Answer derpMap(Request request) {
    if (!request.isGet()) {
      return Answer.text(Answer.BAD_REQUEST, "want GET");
    }
    return backend
        .derpMap()
        .<Answer>map(map -> Answer.json(DerpMap.JSON, map))
        .orElseGet(() -> Answer.json(Answer.OK, "null\n"));
  }

  Answer dial(Request request) {
    if (!request.isPost()) {
      return Answer.text(Answer.METHOD_NOT_ALLOWED, "POST required");
    }
    if (!request.header("Connection").toLowerCase(Locale.ROOT).contains("upgrade")
        || !request.header("Upgrade").equals(DialUpgrade.PROTOCOL)) {
      return Answer.text(Answer.BAD_REQUEST, "bad ts-dial upgrade");
    }
    String host = request.header("Dial-Host");
    int port = size(request.header("Dial-Port"));
    if (host.isEmpty() || port <= 0 || port > MAX_PORT) {
      return Answer.text(Answer.BAD_REQUEST, "missing Dial-Host or Dial-Port header");
    }
    String network = request.header("Dial-Network");
    if (!network.isEmpty() && !network.equals("tcp")) {
      return Answer.text(Answer.BAD_REQUEST, "only tcp can be dialled");
    }
    try {
      // A destination outside the tailnet is dialled by the caller itself, so that it happens with
      // the caller's rights.
      return backend
          .outsideTailnet(host, port)
          .<Answer>map(PeerEndpoints::dialSelf)
          .orElseGet(() -> new Answer.Dial(host, port));
    } catch (UnknownHostException e) {
      return Answer.text(Answer.BAD_GATEWAY, "resolve failure: " + e.getMessage());
    }
  }

  private static Answer dialSelf(Endpoint destination) {
    return Answer.empty(Answer.OK)
        .with("Dial-Self", "true")
        .with("Dial-Addr", destination.toString());
  }
}
