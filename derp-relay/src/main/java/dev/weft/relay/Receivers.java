package dev.weft.relay;

import dev.weft.keys.NodeKey;
import io.netty.buffer.ByteBuf;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// To whom one client sends: finds receivers, the last one without a look-up, and remembers whom to
/// tell when the client leaves.
final class Receivers {
  /// A client that has sent to more keys than this is not missed by the first of them.
  private static final int MAX_REMEMBERED = 4096;

  private final NodeKey self;
  private final boolean remembers;
  private final Clients<ClientConnection> clients;
  private final LinkedHashSet<NodeKey> remembered = new LinkedHashSet<>();

  private @Nullable ClientSet<ClientConnection> own;

  /// The last receiver and the four words of its key.
  private @Nullable ClientSet<ClientConnection> last;

  private long key0;
  private long key1;
  private long key2;
  private long key3;

  /// @param remembers whether the client itself sends: what a mesh peer forwards is others'
  Receivers(NodeKey self, Clients<ClientConnection> clients, boolean remembers) {
    this.self = self;
    this.remembers = remembers;
    this.clients = clients;
  }

  /// Who a packet is for, whose key is `offset` bytes behind the reader index; null when nobody
  /// with that key is connected.
  @Nullable ClientConnection find(ByteBuf frame, int offset) {
    int at = frame.readerIndex() + offset;
    ClientSet<ClientConnection> known = last;
    if (known != null && isLast(frame, at)) {
      ClientConnection receiver = known.active();
      if (receiver != null) {
        return receiver;
      }
    }
    NodeKey key = keyAt(frame, at);
    ClientSet<ClientConnection> found = clients.find(key);
    last = found;
    if (found == null) {
      return null;
    }
    key0 = frame.getLong(at);
    key1 = frame.getLong(at + 8);
    key2 = frame.getLong(at + 16);
    key3 = frame.getLong(at + 24);
    remember(key);
    return found.active();
  }

  static NodeKey keyAt(ByteBuf frame, int at) {
    byte[] raw = new byte[NodeKey.BYTES];
    frame.getBytes(at, raw);
    return NodeKey.ofBytes(raw, 0);
  }

  /// The client has written on this connection, which makes it the one in use.
  ///
  /// @return whether that has just shown that two machines share its key
  boolean noteWrite(ClientConnection connection) {
    ClientSet<ClientConnection> set = own;
    if (set == null) {
      set = clients.find(self);
      own = set;
    }
    return set != null && set.isShared() && set.noteWrite(connection, System.nanoTime());
  }

  /// Every connected client that has received from this one.
  void forEachRemembered(BiConsumer<NodeKey, ClientConnection> action) {
    for (NodeKey key : remembered) {
      ClientSet<ClientConnection> set = clients.find(key);
      ClientConnection receiver = set == null ? null : set.active();
      if (receiver != null) {
        action.accept(key, receiver);
      }
    }
  }

  private boolean isLast(ByteBuf frame, int at) {
    return frame.getLong(at) == key0
        && frame.getLong(at + 8) == key1
        && frame.getLong(at + 16) == key2
        && frame.getLong(at + 24) == key3;
  }

  private void remember(NodeKey key) {
    if (remembers && remembered.add(key) && remembered.size() > MAX_REMEMBERED) {
      Iterator<NodeKey> oldest = remembered.iterator();
      oldest.next();
      oldest.remove();
    }
  }
}
