package dev.weft.control.tailnet;

import java.util.List;

/// Where a tailnet outlives the process.
///
/// There is one writer. Both methods may block on a disk and throw [java.io.UncheckedIOException].
public interface TailnetStore extends AutoCloseable {

  /// Everything stored.
  Snapshot load();

  /// Stores all of it or, when it throws, none of it. When it returns, the loss of the process
  /// loses nothing.
  void commit(List<Mutation> mutations);

  @Override
  void close();

  /// @param lastNodeId the highest ID that a node, deleted or not, ever had; likewise the others
  /// @param lastAddress the number of the address that was given last
  record Snapshot(
      List<TailnetUser> users,
      List<AuthKey> authKeys,
      List<RegisteredNode> nodes,
      List<TagRule> tagRules,
      long lastUserId,
      long lastAuthKeyId,
      long lastNodeId,
      int lastAddress) {
    public static final Snapshot EMPTY =
        new Snapshot(List.of(), List.of(), List.of(), List.of(), 0, 0, 0, 0);

    public Snapshot {
      users = List.copyOf(users);
      authKeys = List.copyOf(authKeys);
      nodes = List.copyOf(nodes);
      tagRules = List.copyOf(tagRules);
    }
  }
}
