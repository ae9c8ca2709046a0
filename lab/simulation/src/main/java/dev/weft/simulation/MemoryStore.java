package dev.weft.simulation;

import dev.weft.control.tailnet.AuthKey;
import dev.weft.control.tailnet.Mutation;
import dev.weft.control.tailnet.RegisteredNode;
import dev.weft.control.tailnet.TagRule;
import dev.weft.control.tailnet.TailnetStore;
import dev.weft.control.tailnet.TailnetUser;
import java.util.List;
import java.util.TreeMap;

/// Where the tailnet of a simulation outlives its control plane.
final class MemoryStore implements TailnetStore {
  private final TreeMap<Long, TailnetUser> users = new TreeMap<>();
  private final TreeMap<Long, AuthKey> authKeys = new TreeMap<>();
  private final TreeMap<Long, RegisteredNode> nodes = new TreeMap<>();
  private final TreeMap<String, TagRule> tagRules = new TreeMap<>();
  private long lastUserId;
  private long lastAuthKeyId;
  private long lastNodeId;
  private int lastAddress;

  @Override
  public Snapshot load() {
    return new Snapshot(
        List.copyOf(users.values()),
        List.copyOf(authKeys.values()),
        List.copyOf(nodes.values()),
        List.copyOf(tagRules.values()),
        lastUserId,
        lastAuthKeyId,
        lastNodeId,
        lastAddress);
  }

  @Override
  public void commit(List<Mutation> mutations) {
    mutations.forEach(this::apply);
  }

  private void apply(Mutation mutation) {
    switch (mutation) {
      case Mutation.PutNode(RegisteredNode node) -> {
        nodes.put(node.id(), node);
        lastNodeId = Math.max(lastNodeId, node.id());
      }
      case Mutation.DeleteNode(long id) -> nodes.remove(id);
      case Mutation.PutUser(TailnetUser user) -> {
        users.put(user.id(), user);
        lastUserId = Math.max(lastUserId, user.id());
      }
      case Mutation.DeleteUser(long id) -> users.remove(id);
      case Mutation.PutAuthKey(AuthKey key) -> {
        authKeys.put(key.id(), key);
        lastAuthKeyId = Math.max(lastAuthKeyId, key.id());
      }
      case Mutation.PutTagRule(TagRule rule) -> tagRules.put(rule.tag(), rule);
      case Mutation.DeleteTagRule(String tag) -> tagRules.remove(tag);
      case Mutation.GiveAddress(int number) -> lastAddress = number;
    }
  }

  @Override
  public void close() {}
}
