package dev.weft.ipn;

import static dev.weft.json.JsonTypes.INT;
import static dev.weft.json.JsonTypes.LONG;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import dev.weft.json.RawJson;

/// Traffic of the node as a whole, in a [Notify].
public record EngineStatus(long rxBytes, long txBytes, int livePeers, int liveDerps) {
  public static final JsonType<EngineStatus> JSON =
      ObjectType.<EngineStatus, Builder>of(Builder::new, Builder::build)
          .always("RBytes", LONG, EngineStatus::rxBytes, (b, v) -> b.rxBytes = v)
          .always("WBytes", LONG, EngineStatus::txBytes, (b, v) -> b.txBytes = v)
          .always("NumLive", INT, EngineStatus::livePeers, (b, v) -> b.livePeers = v)
          .always("LiveDERPs", INT, EngineStatus::liveDerps, (b, v) -> b.liveDerps = v)
          .always("LivePeers", RawJson.JSON, _ -> null, (_, _) -> {}) // details are in Status
          .build();

  private static final class Builder {
    private long rxBytes;
    private long txBytes;
    private int livePeers;
    private int liveDerps;

    private EngineStatus build() {
      return new EngineStatus(rxBytes, txBytes, livePeers, liveDerps);
    }
  }
}
