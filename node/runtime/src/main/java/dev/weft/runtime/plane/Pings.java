package dev.weft.runtime.plane;

import dev.weft.base.Endpoint;
import dev.weft.engine.EngineEvent;
import dev.weft.engine.Path;
import dev.weft.runtime.backend.DataPlane.Pong;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// Pings that wait for their answer. Lives on the node loop.
final class Pings {
  /// The oldest gives up its place: who waits for it has long given up.
  private static final int MAX = 256;

  private final Map<Long, CompletableFuture<Pong>> waiting = new LinkedHashMap<>();
  private long last;

  /// The number under which the answer will come.
  long add(CompletableFuture<Pong> pong) {
    if (waiting.size() >= MAX) {
      waiting.remove(waiting.keySet().iterator().next());
    }
    waiting.put(++last, pong);
    return last;
  }

  void answered(EngineEvent.PingAnswered answer) {
    CompletableFuture<Pong> pong = waiting.remove(answer.request());
    if (pong != null) {
      pong.complete(
          switch (answer.via()) {
            case Path.Udp(Endpoint remote) ->
                new Pong(answer.latencyNanos(), remote, 0, answer.peerApiPort());
            case Path.Derp derp ->
                new Pong(answer.latencyNanos(), null, derp.region(), answer.peerApiPort());
            case null -> new Pong(answer.latencyNanos(), null, 0, answer.peerApiPort());
          });
    }
  }

  void failed(long request, String reason) {
    CompletableFuture<Pong> pong = waiting.remove(request);
    if (pong != null) {
      pong.completeExceptionally(new IOException(reason));
    }
  }
}
