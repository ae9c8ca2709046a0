package dev.weft.control;

import dev.weft.base.Entropy;
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
  /// Clients give up after 120 s of silence; the spread keeps a thousand nodes from waking at once.
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(50);

  private static final int KEEP_ALIVE_SPREAD_SECONDS = 10;

  /// How long a message may take to leave. A node that does not read has to begin again, with a
  /// full map.
  private static final Duration SEND_PATIENCE = Duration.ofSeconds(30);

  private final MapFrames frames = new MapFrames();
  private final ControlPlane plane;
  private final Entropy entropy;

  MapEndpoint(ControlPlane plane, Entropy entropy) {
    this.plane = plane;
    this.entropy = entropy;
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
      stream(exchange, request.compress(), request.keepAlive(), node.get());
    } else if (request.omitPeers()) {
      exchange.reply(Reply.empty(200));
    } else {
      Optional<MapMessage> map = plane.map(node.get());
      exchange.begin();
      if (map.isPresent()) {
        exchange.send(frames.frame(request.compress(), map.get().encode()), SEND_PATIENCE);
      }
      exchange.finish();
    }
  }

  private void stream(Exchange exchange, String compress, boolean keepAlive, RegisteredNode node)
      throws IOException {
    try (ControlPlane.Stream stream = plane.open(node)) {
      exchange.onClose(stream::end);
      Optional<MapMessage> message = stream.first();
      if (message.isEmpty()) {
        return;
      }
      exchange.begin();
      exchange.send(frames.frame(compress, message.get().encode()), SEND_PATIENCE);
      while (!stream.isOver()) {
        message = stream.next(untilKeepAlive());
        if (message.isPresent()) {
          exchange.send(frames.frame(compress, message.get().encode()), SEND_PATIENCE);
        } else if (!stream.isOver() && keepAlive) {
          exchange.send(frames.keepAlive(compress), SEND_PATIENCE);
        }
      }
      exchange.finish();
    } catch (InterruptedException _) {
      // The server is closing, and with it the stream.
      Thread.currentThread().interrupt();
    }
  }

  private Duration untilKeepAlive() {
    return KEEP_ALIVE.plusSeconds(entropy.below(KEEP_ALIVE_SPREAD_SECONDS));
  }
}
