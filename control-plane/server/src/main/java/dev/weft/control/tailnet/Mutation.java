package dev.weft.control.tailnet;

/// One change to what is stored. A list of them is stored together or not at all.
public sealed interface Mutation {
  record PutNode(RegisteredNode node) implements Mutation {}

  record DeleteNode(long id) implements Mutation {}

  record PutUser(TailnetUser user) implements Mutation {}

  record DeleteUser(long id) implements Mutation {}

  record PutAuthKey(AuthKey key) implements Mutation {}

  record PutTagRule(TagRule rule) implements Mutation {}

  record DeleteTagRule(String tag) implements Mutation {}

  /// The address with this number was given to a node: the next one gets one behind it.
  record GiveAddress(int number) implements Mutation {}
}
