package dev.weft.relay;

import dev.weft.derp.Frame;
import dev.weft.derp.Frame.PeerGone;
import dev.weft.keys.NodeKey;
import java.util.Iterator;
import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/// What one mesh peer that watches has still to be told: the keys whose presence changed since.
/// What is told is how things stand when it is told, so however long the peer does not read, a key
/// waits here once.
///
/// Called on any thread.
final class MeshWatch {
  /// A peer that so many strangers' comings and goings overtake is not reading.
  private static final int MAX_CHANGED = 4 * RelaySettings.DEFAULT_MAX_CONNECTIONS;

  private final Clients<ClientConnection> clients;
  private final LinkedHashSet<NodeKey> changed = new LinkedHashSet<>();

  MeshWatch(Clients<ClientConnection> clients) {
    this.clients = clients;
  }

  /// @return false when there is no more room: the peer has to start anew
  synchronized boolean changed(NodeKey key) {
    changed.add(key);
    return changed.size() <= MAX_CHANGED;
  }

  /// The next thing to tell, null when there is none.
  @Nullable Frame poll() {
    NodeKey key = pollKey();
    if (key == null) {
      return null;
    }
    ClientSet<ClientConnection> set = clients.find(key);
    ClientConnection active = set == null ? null : set.active();
    return active == null ? new PeerGone(key, PeerGone.Reason.DISCONNECTED) : active.presence();
  }

  private synchronized @Nullable NodeKey pollKey() {
    Iterator<NodeKey> first = changed.iterator();
    if (!first.hasNext()) {
      return null;
    }
    NodeKey key = first.next();
    first.remove();
    return key;
  }
}
