package dev.weft.engine;

import dev.weft.base.Bytes;
import dev.weft.base.Entropy;
import dev.weft.keys.NodeKey;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Pings inside the tunnel that wait for their answer, each known by its 8 random bytes; at most
/// [#LIMIT], the oldest goes.
final class InnerPings {
  static final int LIMIT = 64;
  static final int DATA_BYTES = 8;

  private final Map<Bytes, Sent> waiting = new LinkedHashMap<>();

  record Sent(NodeKey peer, long request, long at) {}

  /// The bytes to put into the ping.
  Bytes add(long now, NodeKey peer, long request, Entropy entropy) {
    if (waiting.size() >= LIMIT) {
      Iterator<Sent> oldest = waiting.values().iterator();
      oldest.next();
      oldest.remove();
    }
    Bytes data = Bytes.of(entropy.bytes(DATA_BYTES));
    waiting.put(data, new Sent(peer, request, now));
    return data;
  }

  /// The ping that these bytes answer, if it was to this peer.
  @Nullable Sent take(Bytes data, NodeKey peer) {
    Sent sent = waiting.get(data);
    if (sent == null || !sent.peer().equals(peer)) {
      return null;
    }
    waiting.remove(data);
    return sent;
  }
}
