package dev.weft.runtime.backend;

import dev.weft.base.Entropy;
import dev.weft.keys.MachineKey;
import dev.weft.keys.MachinePrivateKey;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.runtime.control.ControlState;
import dev.weft.runtime.state.StateException;
import dev.weft.runtime.state.StateStore;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;

/// The keys of this node, and those of the control servers it has met, in the state document.
///
/// A session with control works on a [Lease]: when the session has ended, so has its right to
/// change keys, and a login that is still under way somewhere cannot put its key into the place of
/// another login's.
public final class StoredIdentity {
  private static final String MACHINE_KEY = "MachineKey";
  private static final String NODE_KEY = "NodeKey";
  private static final String OLD_NODE_KEY = "OldNodeKey";

  /// One section per server: a pinned key is looked up by the server's URL.
  private static final String CONTROL_KEY_OF = "ControlKey ";

  private final StateStore store;
  private final MachinePrivateKey machine;

  private StoredIdentity(StateStore store, MachinePrivateKey machine) {
    this.store = store;
    this.machine = machine;
  }

  /// Reads the keys, and makes a machine key at the first start.
  public static StoredIdentity open(StateStore store, Entropy entropy) throws StateException {
    try {
      Optional<String> stored = store.readText(MACHINE_KEY);
      MachinePrivateKey machine =
          stored.isPresent()
              ? MachinePrivateKey.parse(stored.get())
              : MachinePrivateKey.generate(entropy);
      StoredIdentity identity = new StoredIdentity(store, machine);
      identity.nodeKey();
      identity.oldNodeKey();
      if (stored.isEmpty()) {
        store.writeText(MACHINE_KEY, machine.toPrivateText());
      }
      return identity;
    } catch (IllegalArgumentException _) {
      throw store.damaged("of keys", "not a key"); // the parser's message would quote it
    }
  }

  public MachinePrivateKey machine() {
    return machine;
  }

  Optional<NodePrivateKey> nodeKey() {
    return store.readText(NODE_KEY).map(NodePrivateKey::parse);
  }

  private NodeKey oldNodeKey() {
    return store.readText(OLD_NODE_KEY).map(NodeKey::parse).orElse(NodeKey.ZERO);
  }

  /// For one session.
  public Lease lease() {
    return new Lease();
  }

  /// The state that one session with control works on. Thread-safe.
  public final class Lease implements ControlState, AutoCloseable {
    private boolean ended;

    private Lease() {}

    @Override
    public Optional<MachineKey> serverKey(URI server) {
      return store.readText(CONTROL_KEY_OF + server).map(MachineKey::parse);
    }

    @Override
    public synchronized void saveServerKey(URI server, MachineKey key) throws IOException {
      check();
      store.writeText(CONTROL_KEY_OF + server, key.toString());
    }

    @Override
    public synchronized void forgetServerKey(URI server) throws IOException {
      check();
      store.remove(CONTROL_KEY_OF + server);
    }

    @Override
    public Optional<NodePrivateKey> nodeKey() {
      return StoredIdentity.this.nodeKey();
    }

    @Override
    public NodeKey oldNodeKey() {
      return StoredIdentity.this.oldNodeKey();
    }

    @Override
    public synchronized void saveNodeKey(NodePrivateKey key, NodeKey old) throws IOException {
      check();
      store.change(
          new StateStore.Change()
              .putText(NODE_KEY, key.toPrivateText())
              .putText(OLD_NODE_KEY, old.toString()));
    }

    @Override
    public synchronized void forgetNodeKey() throws IOException {
      check();
      store.change(new StateStore.Change().remove(NODE_KEY).remove(OLD_NODE_KEY));
    }

    private void check() throws IOException {
      if (ended) {
        throw new IOException("this session with control has ended");
      }
    }

    /// Nothing is changed by this session after this has returned.
    @Override
    public synchronized void close() {
      ended = true;
    }
  }
}
