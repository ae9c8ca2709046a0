package dev.weft.transport.derp;

import dev.weft.derp.ClientInfo;
import dev.weft.derp.ServerInfo;
import dev.weft.keys.NodeKey;

/// What becomes of a DERP channel, as user events in its pipeline.
public sealed interface DerpEvent {
  /// At a client: the relay has accepted us.
  record Ready(NodeKey relay, ServerInfo info) implements DerpEvent {}

  /// At a relay: the client has proved that it holds its key. Our introduction follows when the
  /// event has been handled; whoever handles it writes nothing yet.
  ///
  /// @param notIdeal whether it says that it would rather be connected to another node of the
  ///   region
  record Accepted(NodeKey client, ClientInfo info, boolean notIdeal) implements DerpEvent {}

  /// The handshake failed or the stream lost its meaning; the channel is being closed.
  record Rejected(String reason) implements DerpEvent {}
}
