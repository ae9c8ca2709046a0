package dev.weft.relay;

import dev.weft.derp.Frame.PeerGone;
import dev.weft.keys.NodeKey;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The other relays of the region, as the connections of clients see them. A packet goes from one
/// relay to one other and no further, so none can go in circles. Any thread.
final class Mesh {
  private final Clients<ClientConnection> clients;
  private final MeshRoutes<MeshConnection> routes = new MeshRoutes<>();
  private final FarSenders senders = new FarSenders();
  private final AtomicInteger forgotten = new AtomicInteger();

  Mesh(Clients<ClientConnection> clients) {
    this.clients = clients;
  }

  /// The relay at which the owner of a key is, whose first byte is there in the frame.
  @Nullable MeshConnection routeTo(ByteBuf frame, int keyAt) {
    return routes.isEmpty() ? null : routes.find(Receivers.keyAt(frame, keyAt));
  }

  /// Clients at other relays.
  int size() {
    return routes.size();
  }

  void present(NodeKey client, MeshConnection relay) {
    routes.add(client, relay);
  }

  void gone(NodeKey client, MeshConnection relay) {
    if (routes.remove(client, relay) && clients.find(client) == null) {
      tellGone(client);
    }
  }

  /// A client of another relay has sent to one of ours.
  void noteSender(NodeKey sender, NodeKey receiver) {
    if (!routes.isEmpty()) {
      senders.note(sender, receiver);
    }
  }

  /// Changes when what has been noted of a sender may have to be noted again.
  int forgotten() {
    return forgotten.get();
  }

  /// The last connection of a client of ours has ended.
  ///
  /// @param receivers who has received from it here
  void clientLeft(NodeKey client, Receivers receivers) {
    if (routes.find(client) == null) {
      PeerGone gone = new PeerGone(client, PeerGone.Reason.DISCONNECTED);
      receivers.forEachRemembered((_, receiver) -> receiver.notice(gone));
      tellGone(client);
    } else {
      // It is at another relay, and missed when it leaves that.
      receivers.forEachRemembered((key, _) -> senders.note(client, key));
    }
  }

  private void tellGone(NodeKey client) {
    forgotten.incrementAndGet();
    PeerGone gone = new PeerGone(client, PeerGone.Reason.DISCONNECTED);
    for (NodeKey key : senders.forget(client)) {
      ClientSet<ClientConnection> set = clients.find(key);
      ClientConnection receiver = set == null ? null : set.active();
      if (receiver != null) {
        receiver.notice(gone);
      }
    }
  }
}
