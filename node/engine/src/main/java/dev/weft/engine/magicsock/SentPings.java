package dev.weft.engine.magicsock;

import dev.weft.disco.TxId;
import dev.weft.engine.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Pings to one peer that wait for their pong, oldest first, at most [#LIMIT].
final class SentPings {
  static final int LIMIT = 256;

  /// The request number of a ping that nobody but us asked for.
  static final long OWN = -1;

  private final Map<TxId, Sent> byTxId = new LinkedHashMap<>();

  /// @param request whose answer this ping may be, or [#OWN]
  record Sent(Path to, long at, long request) {}

  void add(TxId txId, Sent ping) {
    if (byTxId.size() >= LIMIT) {
      Iterator<Sent> oldest = byTxId.values().iterator();
      oldest.next();
      oldest.remove();
    }
    byTxId.put(txId, ping);
  }

  /// The ping that a pong from `source` answers, once. A UDP pong has to come from where its ping
  /// went, or anyone who saw the ping could pull traffic to an address of his choice.
  @Nullable Sent take(TxId txId, Path source) {
    Sent sent = byTxId.get(txId);
    if (sent == null || !matches(sent.to, source)) {
      return null;
    }
    byTxId.remove(txId);
    return sent;
  }

  /// The request has its answer: further pongs only teach us paths.
  void answered(long request) {
    byTxId.replaceAll(
        (_, sent) -> sent.request == request ? new Sent(sent.to, sent.at, OWN) : sent);
  }

  /// Takes out those that have waited [Timing#PING_TIMEOUT].
  List<Sent> takeTimedOut(long now) {
    List<Sent> timedOut = new ArrayList<>();
    for (Iterator<Sent> all = byTxId.values().iterator(); all.hasNext(); ) {
      Sent sent = all.next();
      if (now - sent.at < Timing.PING_TIMEOUT) {
        break;
      }
      timedOut.add(sent);
      all.remove();
    }
    return timedOut;
  }

  /// When the oldest one times out.
  long nextTimeout() {
    Iterator<Sent> oldest = byTxId.values().iterator();
    return oldest.hasNext() ? oldest.next().at + Timing.PING_TIMEOUT : Long.MAX_VALUE;
  }

  void clear() {
    byTxId.clear();
  }

  private static boolean matches(Path to, Path source) {
    return switch (to) {
      case Path.Udp(var remote) -> source instanceof Path.Udp(var from) && from.equals(remote);
      // The peer answers a relayed ping through its own choice of region.
      case Path.Derp(_, var peer) -> source instanceof Path.Derp(_, var from) && from.equals(peer);
    };
  }
}
