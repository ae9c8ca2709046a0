package dev.weft.control.tailnet;

import dev.weft.json.Json;
import dev.weft.json.JsonType;
import dev.weft.json.JsonTypes;
import dev.weft.json.ObjectType;
import dev.weft.json.RawJson;
import dev.weft.tailcfg.MapResponse;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import java.util.List;

/// A [MapResponse] whose whole peers are encoded already; `head` has none.
public record MapMessage(MapResponse head, List<RawJson> peers, List<RawJson> peersChanged) {

  private static final JsonType<List<RawJson>> LIST = JsonTypes.listOf(RawJson.JSON);

  private static final JsonType<MapMessage> JSON =
      new JsonType<>() {
        @Override
        public MapMessage read(JsonReader in) {
          throw new IllegalStateException("only written");
        }

        @Override
        public void write(JsonWriter out, MapMessage message) {
          out.beginObject();
          ((ObjectType<MapResponse, ?>) MapResponse.JSON).writeFields(out, message.head);
          write(out, "Peers", message.peers);
          write(out, "PeersChanged", message.peersChanged);
          out.endObject();
        }

        private void write(JsonWriter out, String name, List<RawJson> nodes) {
          if (!nodes.isEmpty()) {
            out.name(name);
            LIST.write(out, nodes);
          }
        }
      };

  public MapMessage {
    peers = List.copyOf(peers);
    peersChanged = List.copyOf(peersChanged);
  }

  public byte[] encode() {
    return Json.encode(JSON, this);
  }
}
