package dev.weft.runtime.control;

import dev.weft.json.Json;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.tailcfg.MapRequest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Tells control what has changed about this node, beside the running stream: the "lite update" of
/// `docs/protocol/control.md` §5.1. Changes that come while one is on its way are sent together.
final class ReportLoop implements Loop.Step {
  private final ControlState state;
  private final Standing standing;
  private final Calls calls;
  private final Connector connector;
  private final Patience patience;

  ReportLoop(
      ControlSettings settings,
      ControlState state,
      Standing standing,
      Calls calls,
      Connector connector) {
    this.state = state;
    this.standing = standing;
    this.calls = calls;
    this.connector = connector;
    this.patience = new Patience(settings.entropy());
  }

  @Override
  public void run() throws InterruptedException {
    Standing.@Nullable Unsent unsent = standing.awaitUnsent();
    Optional<NodePrivateKey> key = state.nodeKey();
    if (unsent != null && key.isPresent()) {
      tell(unsent, key.get().publicKey());
    }
  }

  @Override
  public void interrupted() {
    patience.reset();
  }

  private void tell(Standing.Unsent unsent, NodeKey key) throws InterruptedException {
    try {
      send(unsent.report(), key);
      standing.sent(unsent.generation());
      patience.reset();
    } catch (InterruptedIOException _) {
      throw new InterruptedException();
    } catch (IOException e) {
      connector.suspect(e);
      // The map stream reports that control is not there; here it is only tried again.
      standing.rest(patience.after(e));
    }
  }

  private void send(NodeReport report, NodeKey key) throws IOException, InterruptedException {
    MapRequest request = MapLoop.request(report, key).omitPeers(true).build();
    try (Exchange exchange =
        calls.post("/machine/map", key.toString(), Json.encode(MapRequest.JSON, request))) {
      int status = exchange.status(Calls.TIMEOUT);
      if (status != 200) {
        throw calls.refusal("update", status, exchange);
      }
      exchange.wholeBody(Calls.MAX_REPLY_BYTES, true, Calls.TIMEOUT);
    }
  }
}
