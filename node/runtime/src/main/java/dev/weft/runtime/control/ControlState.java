package dev.weft.runtime.control;

import dev.weft.keys.MachineKey;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;

/// What a control client needs to find again after a restart. The caller keeps it; what is saved is
/// on disk when the call returns. Called from the client's threads.
public interface ControlState {
  /// The key that the server at this URL showed first.
  Optional<MachineKey> serverKey(URI server);

  /// Remembers it.
  void saveServerKey(URI server, MachineKey key) throws IOException;

  /// Forgets it: whatever key comes next is the first again.
  void forgetServerKey(URI server) throws IOException;

  /// The key that is registered, or was.
  Optional<NodePrivateKey> nodeKey();

  /// The node key before that; zero for none.
  NodeKey oldNodeKey();

  /// Remembers a key that control has accepted, and the one before.
  void saveNodeKey(NodePrivateKey key, NodeKey old) throws IOException;

  /// Forgets both, after a logout.
  void forgetNodeKey() throws IOException;
}
