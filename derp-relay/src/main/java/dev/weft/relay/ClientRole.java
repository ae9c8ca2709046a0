package dev.weft.relay;

import dev.weft.base.Endpoint;
import dev.weft.derp.Frame.PeerPresent;
import org.jspecify.annotations.Nullable;

/// What a client is to the relay, from its introduction.
///
/// @param meshes it is another relay of the region, and may watch, forward and close
/// @param notIdeal it would rather be connected to another relay of the region
/// @param from where it connects from, if that is known
record ClientRole(boolean meshes, boolean probes, boolean notIdeal, @Nullable Endpoint from) {
  /// What mesh peers are told of it (`docs/protocol/dataplane.md §5.1`).
  int presence() {
    int flags =
        (meshes ? PeerPresent.MESH_PEER : 0)
            | (probes ? PeerPresent.PROBER : 0)
            | (notIdeal ? PeerPresent.NOT_IDEAL : 0);
    return flags == 0 ? PeerPresent.REGULAR : flags;
  }
}
