package dev.weft.runtime.control;

import dev.weft.json.Json;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.tailcfg.CapabilityVersion;
import dev.weft.tailcfg.MapRequest;
import dev.weft.tailcfg.MapResponse;
import dev.weft.tailcfg.PingRequest;
import dev.weft.tailcfg.ReportedEndpoint;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Keeps a map stream open while the node is logged in: `docs/protocol/control.md` §5.
final class MapLoop implements Loop.Step {
  /// Also the limit for the response to begin.
  static final Duration WATCHDOG = Duration.ofMinutes(2);

  /// A stream that lived this long was a good one: what ends it is a new trouble.
  private static final Duration SETTLED = Duration.ofSeconds(30);

  private static final Duration MAX_SLEEP = Duration.ofMinutes(5);
  private final ControlSettings settings;
  private final ControlState state;
  private final Standing standing;
  private final Calls calls;
  private final Connector connector;
  private final Teller teller;
  private final Consumer<PingRequest> pings;
  private final Patience patience;
  private String lastBrowsed = "";

  MapLoop(
      ControlSettings settings,
      ControlState state,
      Standing standing,
      Calls calls,
      Connector connector,
      Teller teller,
      Consumer<PingRequest> pings) {
    this.settings = settings;
    this.state = state;
    this.standing = standing;
    this.calls = calls;
    this.connector = connector;
    this.teller = teller;
    this.pings = pings;
    this.patience = new Patience(settings.entropy());
  }

  @Override
  public void run() throws InterruptedException {
    @Nullable NodeReport report = standing.awaitMapWanted();
    Optional<NodePrivateKey> key = state.nodeKey();
    if (report != null && key.isPresent()) {
      poll(report, key.get().publicKey());
    }
  }

  /// A new stream is wanted, or none.
  @Override
  public void interrupted() {
    patience.reset();
  }

  private void poll(NodeReport report, NodeKey key) throws InterruptedException {
    long begun = System.nanoTime();
    try {
      readStream(report, key);
      settled(begun);
      standing.rest(patience.next()); // the server has ended it, as when it restarts
    } catch (InterruptedIOException _) {
      throw new InterruptedException();
    } catch (IOException e) {
      connector.suspect(e);
      teller.problem(e);
      settled(begun);
      standing.rest(patience.after(e));
    }
  }

  /// Not each map that comes: a server could end every stream behind its first.
  private void settled(long begun) {
    if (System.nanoTime() - begun > SETTLED.toNanos()) {
      patience.reset();
    }
  }

  private void readStream(NodeReport report, NodeKey key) throws IOException, InterruptedException {
    MapRequest request = request(report, key).stream(true).build();
    try (Exchange exchange =
        calls.post("/machine/map", key.toString(), Json.encode(MapRequest.JSON, request))) {
      int status = exchange.status(WATCHDOG);
      if (status != 200) {
        throw calls.refusal("map request", status, exchange);
      }
      MapFrames frames = new MapFrames(exchange.body(WATCHDOG));
      MapFold fold = new MapFold();
      for (Optional<MapResponse> message = frames.next();
          message.isPresent();
          message = frames.next()) {
        handle(message.get(), fold);
      }
    }
  }

  private void handle(MapResponse message, MapFold fold) throws IOException, InterruptedException {
    act(message);
    if (message.keepAlive()) {
      return;
    }
    NetworkMap map =
        fold.fold(message, settings.clock().instant())
            .orElseThrow(() -> ControlException.of("control's first map does not say who we are"));
    teller.recovered();
    try {
      teller.map(map);
    } catch (IllegalArgumentException e) {
      throw ControlException.of("control's map cannot be used: " + e.getMessage());
    }
    if (message.debug() != null && message.debug().sleepSeconds() > 0) {
      double seconds = Math.min((double) MAX_SLEEP.toSeconds(), message.debug().sleepSeconds());
      standing.rest(Duration.ofMillis((long) (seconds * 1000)));
    }
  }

  /// What is acted on in a keep-alive too.
  private void act(MapResponse message) {
    if (message.pingRequest() != null) {
      pings.accept(message.pingRequest());
    }
    if (!message.popBrowserUrl().isEmpty() && !message.popBrowserUrl().equals(lastBrowsed)) {
      lastBrowsed = message.popBrowserUrl();
      WebPage.of(lastBrowsed).ifPresent(teller::browse);
    }
  }

  static MapRequest.Builder request(NodeReport report, NodeKey key) {
    return MapRequest.builder()
        .version(CapabilityVersion.CURRENT)
        .compress("zstd")
        .keepAlive(true)
        .nodeKey(key)
        .discoKey(report.discoKey())
        .hostinfo(report.hostinfo())
        .endpoints(report.endpoints().stream().map(e -> e.endpoint().toString()).toList())
        .endpointTypes(
            report.endpoints().stream().map(ReportedEndpoint::type).map(t -> t.code()).toList());
  }
}
