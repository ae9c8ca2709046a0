package dev.weft.control;

import dev.weft.control.http.Exchange;
import dev.weft.control.http.Reply;
import dev.weft.control.tailnet.MapMessage;
import dev.weft.control.tailnet.RegisteredNode;
import dev.weft.json.Json;
import dev.weft.tailcfg.MapRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// `POST /machine/map`: takes what a node says of itself and streams what it is told
/// (`docs/protocol/control.md` §5).
final class MapEndpoint {
  private static final Duration SEND_PATIENCE = Duration.ofSeconds(30);

  private final ControlPlane plane;

  MapEndpoint(ControlPlane plane) {
    this.plane = plane;
  }

  void handle(Exchange exchange) throws IOException {
    MapRequest request = Json.decode(MapRequest.JSON, exchange.body());
    Optional<RegisteredNode> node =
        plane.authenticate(exchange.peer().machine(), request.nodeKey());
    if (node.isEmpty()) {
      exchange.reply(Reply.text(404, "this node is not registered here (any more): log in again"));
      return;
    }
    if (!request.readOnly()) {
      plane.update(node.get(), request);
    }
    if (request.stream()) {
      exchange.forgetBody();
      stream(exchange, request, node.get());
    } else if (request.omitPeers()) {
      exchange.reply(Reply.empty(200));
    } else {
      Optional<MapMessage> map = plane.map(node.get());
      exchange.begin();
      if (map.isPresent()) {
        exchange.send(plane.frame(request.compress(), map.get()), SEND_PATIENCE);
      }
      exchange.finish();
    }
  }

  /// Begins the stream; whatever comes after the first message, and its end, comes from others.
  private void stream(Exchange exchange, MapRequest request, RegisteredNode node) {
    // Before others know the stream: one that replaces it at once ends it, and nothing may come
    // before the head.
    exchange.begin();
    Optional<ControlPlane.Opened> opened =
        plane.open(node, new Outlet(exchange, request.compress(), request.keepAlive()));
    if (opened.isEmpty()) {
      // Deleted this very moment; the next attempt is told so.
      exchange.finish();
      return;
    }
    MapStream stream = opened.get().stream();
    exchange.onClose(() -> plane.close(stream));
    plane.begin(opened.get());
  }

  private record Outlet(Exchange exchange, String compression, boolean wantsKeepAlive)
      implements MapStream.Outlet {
    @Override
    public void send(byte[] frame, Runnable sent) {
      exchange.sendLater(frame, sent);
    }

    @Override
    public void finish() {
      exchange.finish();
    }

    @Override
    public void abort() {
      exchange.abort();
    }
  }
}
