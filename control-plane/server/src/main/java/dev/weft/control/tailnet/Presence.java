package dev.weft.control.tailnet;

import dev.weft.control.tailnet.Tailnet.Output;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.TreeMap;

/// Knows who is online: a node is while it has a stream, and for a moment after it lost one, so
/// that a reconnect is no news to anybody (`docs/protocol/control.md` §7.3). Ephemeral nodes that
/// stay away are removed; keys that expire are noticed.
final class Presence {
  /// Headscale's grace: shorter, and a proxy restart makes the whole tailnet flap.
  static final Duration OFFLINE_AFTER = Duration.ofSeconds(10);

  private final TailnetConfig config;
  private final TailnetState state;
  private final TreeMap<Long, Instant> leaving = new TreeMap<>();

  /// When this process started to watch: what was offline before may have been so for a moment
  /// only.
  private final Instant since;

  private Instant lastTick;

  Presence(TailnetConfig config, TailnetState state, Instant since) {
    this.config = config;
    this.state = state;
    this.since = since;
    this.lastTick = since;
  }

  void streamOpened(long nodeId, Output out) {
    leaving.remove(nodeId);
    if (state.setOnline(nodeId, true)) {
      out.changed(new Change(nodeId, EnumSet.of(Aspect.ONLINE)));
    }
  }

  void streamClosed(Instant now, long nodeId) {
    if (state.isOnline(nodeId)) {
      leaving.put(nodeId, now.plus(OFFLINE_AFTER));
    }
  }

  void handleTimeout(Instant now, Output out) {
    for (RegisteredNode node : List.copyOf(state.nodes())) {
      Instant deadline = leaving.get(node.id());
      if (deadline != null && !now.isBefore(deadline)) {
        goOffline(now, node, out);
      }
    }
    leaving.keySet().removeIf(id -> state.node(id).isEmpty());
    noticeExpiries(now, out);
    lastTick = now;
  }

  private void goOffline(Instant now, RegisteredNode node, Output out) {
    state.amend(out, node.toBuilder().lastSeen(now).build());
    leaving.remove(node.id());
    state.setOnline(node.id(), false);
    out.changed(new Change(node.id(), EnumSet.of(Aspect.ONLINE)));
  }

  /// Removes ephemeral nodes that stayed away. Apart from the rest since it needs the store, which
  /// may fail; nothing else is to wait for that.
  void removeAbandoned(Instant now, Output out) {
    List<Mutation> abandoned = new ArrayList<>();
    for (RegisteredNode node : state.nodes()) {
      Instant left = node.lastSeen().isBefore(since) ? since : node.lastSeen();
      if (node.ephemeral()
          && !state.isOnline(node.id())
          && !now.isBefore(left.plus(config.ephemeralTimeout()))) {
        abandoned.add(new Mutation.DeleteNode(node.id()));
      }
    }
    state.commit(out, abandoned);
  }

  private void noticeExpiries(Instant now, Output out) {
    for (RegisteredNode node : state.nodes()) {
      if (node.isExpired(now) && !node.isExpired(lastTick)) {
        out.changed(new Change(node.id(), EnumSet.of(Aspect.WHOLE, Aspect.SELF)));
      }
    }
  }
}
