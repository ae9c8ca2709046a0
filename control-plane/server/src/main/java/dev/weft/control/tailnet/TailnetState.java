package dev.weft.control.tailnet;

import dev.weft.base.Bytes;
import dev.weft.base.Ip;
import dev.weft.control.tailnet.Tailnet.Output;
import dev.weft.keys.MachineKey;
import dev.weft.keys.NodeKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The tailnet in memory: the same as what is stored, plus who is online.
///
/// What decides who is in the tailnet is stored before it is true ([#commit]). What nodes report of
/// themselves, and report again whenever they connect, is true at once and stored by the next
/// [#flush]: a change of endpoints is not worth a wait for the disk.
///
/// The hash collections answer look-ups only; whatever is iterated is sorted.
final class TailnetState {
  private final TreeMap<Long, TailnetUser> users = new TreeMap<>();
  private final TreeMap<Long, AuthKey> authKeys = new TreeMap<>();
  private final TreeMap<Long, RegisteredNode> nodes = new TreeMap<>();
  private final TreeSet<Long> online = new TreeSet<>();
  private final TreeMap<String, TagRule> tagRules = new TreeMap<>();

  /// Nodes of which memory knows more than the store.
  private final TreeSet<Long> unstored = new TreeSet<>();

  private final Map<Bytes, Long> authKeyByHash = new HashMap<>();
  private final Map<NodeKey, Long> nodeByKey = new HashMap<>();
  private final Map<MachineKey, TreeSet<Long>> nodesByMachine = new HashMap<>();
  private final Set<Ip> addresses = new HashSet<>();
  private final Set<String> names = new HashSet<>();

  private long lastUserId;
  private long lastAuthKeyId;
  private long lastNodeId;
  private int lastAddress;

  TailnetState(TailnetStore.Snapshot stored) {
    stored.users().forEach(user -> apply(new Mutation.PutUser(user)));
    stored.authKeys().forEach(key -> apply(new Mutation.PutAuthKey(key)));
    stored.nodes().forEach(node -> apply(new Mutation.PutNode(node)));
    stored.tagRules().forEach(rule -> apply(new Mutation.PutTagRule(rule)));
    lastUserId = stored.lastUserId();
    lastAuthKeyId = stored.lastAuthKeyId();
    lastNodeId = stored.lastNodeId();
    lastAddress = stored.lastAddress();
  }

  /// Stores the mutations, then makes them true in memory, then says what changed: a store that
  /// fails changes nothing.
  void commit(Output out, Mutation... mutations) {
    commit(out, List.of(mutations));
  }

  void commit(Output out, List<Mutation> mutations) {
    if (mutations.isEmpty()) {
      return;
    }
    out.store(mutations);
    for (Mutation mutation : mutations) {
      switch (mutation) {
        case Mutation.PutNode put -> applyToNode(put.node().id(), mutation, out);
        case Mutation.DeleteNode delete -> applyToNode(delete.id(), mutation, out);
        case Mutation.PutUser _,
            Mutation.DeleteUser _,
            Mutation.PutAuthKey _,
            Mutation.PutTagRule _,
            Mutation.DeleteTagRule _,
            Mutation.GiveAddress _ ->
            apply(mutation);
      }
    }
  }

  /// Makes true what a node reports of itself, and says what changed; [#flush] stores it.
  void amend(Output out, RegisteredNode node) {
    applyToNode(node.id(), new Mutation.PutNode(node), out);
    unstored.add(node.id());
  }

  /// Stores what was amended; all of it stays to be stored when that fails.
  void flush(Output out) {
    List<Mutation> nodesToStore = new ArrayList<>();
    for (long id : unstored) {
      node(id).ifPresent(node -> nodesToStore.add(new Mutation.PutNode(node)));
    }
    if (!nodesToStore.isEmpty()) {
      out.store(nodesToStore);
      unstored.clear();
    }
  }

  private void applyToNode(long id, Mutation mutation, Output out) {
    @Nullable RegisteredNode before = nodes.get(id);
    apply(mutation);
    unstored.remove(id);
    Set<Aspect> changed = Aspect.between(before, nodes.get(id));
    if (!changed.isEmpty()) {
      out.changed(new Change(id, changed));
    }
  }

  long nextUserId() {
    return ++lastUserId;
  }

  long nextAuthKeyId() {
    return ++lastAuthKeyId;
  }

  long nextNodeId() {
    return ++lastNodeId;
  }

  Collection<RegisteredNode> nodes() {
    return Collections.unmodifiableCollection(nodes.values());
  }

  Collection<TailnetUser> users() {
    return Collections.unmodifiableCollection(users.values());
  }

  Collection<AuthKey> authKeys() {
    return Collections.unmodifiableCollection(authKeys.values());
  }

  Optional<RegisteredNode> node(long id) {
    return Optional.ofNullable(nodes.get(id));
  }

  Optional<RegisteredNode> node(NodeKey key) {
    return Optional.ofNullable(nodeByKey.get(key)).map(nodes::get);
  }

  /// The node of this machine with this owner: a machine has one for each user that logged in on
  /// it.
  Optional<RegisteredNode> node(MachineKey machine, long userId) {
    for (long id : nodesByMachine.getOrDefault(machine, new TreeSet<>())) {
      RegisteredNode node = nodes.get(id);
      if (node != null && node.userId() == userId) {
        return Optional.of(node);
      }
    }
    return Optional.empty();
  }

  Optional<TailnetUser> user(long id) {
    return Optional.ofNullable(users.get(id));
  }

  Optional<TailnetUser> user(String name) {
    return users.values().stream().filter(user -> user.name().equals(name)).findFirst();
  }

  /// The user whom clients are shown as the node's owner.
  TailnetUser owner(RegisteredNode node) {
    TailnetUser owner = users.get(node.userId());
    return owner == null ? TailnetUser.TAGGED_DEVICES : owner;
  }

  Optional<AuthKey> authKey(long id) {
    return Optional.ofNullable(authKeys.get(id));
  }

  Optional<AuthKey> authKey(Bytes hash) {
    return Optional.ofNullable(authKeyByHash.get(hash)).map(authKeys::get);
  }

  Optional<TagRule> tagRule(String tag) {
    return Optional.ofNullable(tagRules.get(tag));
  }

  Collection<TagRule> tagRules() {
    return Collections.unmodifiableCollection(tagRules.values());
  }

  /// The number of the address that was given last.
  int lastAddress() {
    return lastAddress;
  }

  boolean isTaken(Ip address) {
    return addresses.contains(address);
  }

  boolean isNameTaken(String name) {
    return names.contains(name);
  }

  boolean isOnline(long nodeId) {
    return online.contains(nodeId);
  }

  /// Whether that changed anything.
  boolean setOnline(long nodeId, boolean isOnline) {
    return isOnline ? online.add(nodeId) : online.remove(nodeId);
  }

  private void apply(Mutation mutation) {
    switch (mutation) {
      case Mutation.PutUser put -> users.put(put.user().id(), put.user());
      case Mutation.DeleteUser delete -> users.remove(delete.id());
      case Mutation.PutAuthKey put -> {
        authKeys.put(put.key().id(), put.key());
        authKeyByHash.put(put.key().hash(), put.key().id());
      }
      case Mutation.PutNode put -> {
        forget(nodes.put(put.node().id(), put.node()));
        remember(put.node());
      }
      case Mutation.DeleteNode delete -> {
        forget(nodes.remove(delete.id()));
        online.remove(delete.id());
      }
      case Mutation.PutTagRule put -> tagRules.put(put.rule().tag(), put.rule());
      case Mutation.DeleteTagRule delete -> tagRules.remove(delete.tag());
      case Mutation.GiveAddress give -> lastAddress = give.number();
    }
  }

  private void remember(RegisteredNode node) {
    nodeByKey.put(node.nodeKey(), node.id());
    nodesByMachine.computeIfAbsent(node.machineKey(), _ -> new TreeSet<>()).add(node.id());
    addresses.add(node.ipv4());
    addresses.add(node.ipv6());
    names.add(node.givenName());
  }

  private void forget(@Nullable RegisteredNode node) {
    if (node != null) {
      nodeByKey.remove(node.nodeKey());
      nodesByMachine.computeIfPresent(
          node.machineKey(), (_, ids) -> ids.remove(node.id()) && ids.isEmpty() ? null : ids);
      addresses.remove(node.ipv4());
      addresses.remove(node.ipv6());
      names.remove(node.givenName());
    }
  }
}
