package dev.weft.runtime.derp;

import dev.weft.derp.Frame.PeerGone;
import dev.weft.keys.NodeKey;

/// Where a node's DERP connections report to, on the node loop.
public interface DerpListener {
  /// A packet has come. The bytes are borrowed: they change after the call.
  void onPacket(int region, NodeKey source, byte[] array, int offset, int length);

  /// All packets that one read brought have been reported.
  default void onPacketsEnd(int region) {}

  /// The connection to a region stands: what is sent now leaves at once.
  void onConnected(int region);

  /// The connection that stood has ended; it comes back by itself when it is needed.
  ///
  /// @param reason for a log or a status line
  void onDisconnected(int region, String reason);

  /// The region could not be reached; another attempt follows while it is needed.
  ///
  /// @param reason for a log or a status line
  default void onConnectFailed(int region, String reason) {}

  /// A peer that was reached, or sought, through this region is not there.
  void onPeerGone(int region, NodeKey peer, PeerGone.Reason reason);

  /// What the relay says is wrong with our connection, for people to read; empty when nothing is.
  /// It is void when the connection ends, which the relay does not say.
  void onHealth(int region, String problem);

  /// Any frame has come from the relay of this region: it is alive.
  default void onFrame(int region) {}
}
