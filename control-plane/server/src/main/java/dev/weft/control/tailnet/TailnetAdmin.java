package dev.weft.control.tailnet;

import dev.weft.base.Entropy;
import dev.weft.control.tailnet.Tailnet.Output;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What an admin can do.
final class TailnetAdmin {
  /// A login name: a local part, and a domain if wanted.
  private static final Pattern USER_NAME =
      Pattern.compile("[a-z0-9][a-z0-9._+-]{0,62}(@[a-z0-9][a-z0-9.-]{0,250})?");

  private static final int MAX_TAGS = 1_000;
  private static final int MAX_OWNERS = 100;

  private final TailnetState state;

  TailnetAdmin(TailnetState state) {
    this.state = state;
  }

  TailnetUser createUser(Instant now, String name, String displayName, Output out) {
    if (!USER_NAME.matcher(name).matches() || name.equals(TailnetUser.TAGGED_DEVICES.name())) {
      throw new Refusal(
          "\""
              + name
              + "\" cannot be a user name: use lower-case letters, digits, . _ + - and one @");
    }
    if (state.user(name).isPresent()) {
      throw new Refusal("there is a user " + name + " already");
    }
    TailnetUser user =
        new TailnetUser(state.nextUserId(), name, displayName.isEmpty() ? name : displayName, now);
    state.commit(out, new Mutation.PutUser(user));
    return user;
  }

  void deleteUser(Instant now, String name, Output out) {
    TailnetUser user = userNamed(name);
    if (state.nodes().stream().anyMatch(node -> node.userId() == user.id())) {
      throw new Refusal("user " + name + " still has nodes: delete them first");
    }
    Stream<Mutation> revoked =
        state.authKeys().stream()
            .filter(key -> key.userId() == user.id() && key.revoked() == null)
            .map(key -> new Mutation.PutAuthKey(key.revokedAt(now)));
    // Whoever gets this name next does not get its tags.
    Stream<Mutation> disowned =
        state.tagRules().stream()
            .filter(rule -> rule.owners().contains(name))
            .map(rule -> new Mutation.PutTagRule(rule.without(name)));
    Stream<Mutation> gone = Stream.of(new Mutation.DeleteUser(user.id()));
    state.commit(out, Stream.of(revoked, disowned, gone).flatMap(all -> all).toList());
  }

  Tailnet.NewAuthKey createAuthKey(
      Instant now, Tailnet.AuthKeySpec spec, Entropy entropy, Output out) {
    @Nullable String user = spec.user();
    if ((user == null) == spec.tags().isEmpty()) {
      throw new Refusal("a key is either for a user (--user) or for tagged nodes (--tags)");
    }
    TagOwnership.requireTags(spec.tags());
    String text = AuthKeyText.generate(entropy);
    AuthKey key =
        new AuthKey(
            state.nextAuthKeyId(),
            AuthKeyText.hash(text),
            user == null ? 0 : userNamed(user).id(),
            spec.reusable(),
            spec.ephemeral(),
            spec.tags(),
            now,
            spec.lifetime() == null ? null : now.plus(spec.lifetime()),
            null,
            null);
    state.commit(out, new Mutation.PutAuthKey(key));
    return new Tailnet.NewAuthKey(key, text);
  }

  void revokeAuthKey(Instant now, long id, Output out) {
    AuthKey key = state.authKey(id).orElseThrow(() -> new Refusal("there is no auth key " + id));
    if (key.revoked() == null) {
      state.commit(out, new Mutation.PutAuthKey(key.revokedAt(now)));
    }
  }

  RegisteredNode setKeyExpiry(String which, @Nullable Instant expiry, Output out) {
    RegisteredNode node = nodeNamed(which).toBuilder().keyExpiry(expiry).build();
    state.commit(out, new Mutation.PutNode(node));
    return node;
  }

  /// Makes it a node of tags, which is no user's and does not expire.
  RegisteredNode setTags(String which, List<String> tags, Output out) {
    TagOwnership.requireTags(tags);
    if (tags.isEmpty()) {
      throw new Refusal(
          "a node without tags needs a user: log in on the node again without --advertise-tags");
    }
    RegisteredNode node =
        nodeNamed(which).toBuilder()
            .userId(0)
            .tags(tags.stream().distinct().toList())
            .keyExpiry(null)
            .build();
    state.commit(out, new Mutation.PutNode(node));
    return node;
  }

  TagRule setTagOwners(String tag, List<String> owners, Output out) {
    TagOwnership.requireTags(List.of(tag));
    for (String owner : owners) {
      if (owner.startsWith("tag:")) {
        TagOwnership.requireTags(List.of(owner));
      } else {
        userNamed(owner);
      }
    }
    if (owners.isEmpty() || owners.size() > MAX_OWNERS) {
      throw new Refusal("a tag has between 1 and " + MAX_OWNERS + " owners");
    }
    if (state.tagRule(tag).isEmpty() && state.tagRules().size() >= MAX_TAGS) {
      throw new Refusal("there are " + MAX_TAGS + " tags already: delete some");
    }
    TagRule rule = new TagRule(tag, owners.stream().distinct().toList());
    state.commit(out, new Mutation.PutTagRule(rule));
    return rule;
  }

  void deleteTagRule(String tag, Output out) {
    if (state.tagRule(tag).isEmpty()) {
      throw new Refusal("nobody owns " + tag + " as it is: tags list");
    }
    state.commit(out, new Mutation.DeleteTagRule(tag));
  }

  RegisteredNode rename(String which, String name, Output out) {
    RegisteredNode node = nodeNamed(which);
    if (!NodeNames.isLabel(name)) {
      throw new Refusal(
          "\"%s\" cannot be a node name; \"%s\" can".formatted(name, NodeNames.sanitize(name)));
    }
    if (!name.equals(node.givenName()) && state.isNameTaken(name)) {
      throw new Refusal("there is a node " + name + " already");
    }
    RegisteredNode renamed = node.toBuilder().givenName(name).renamed(true).build();
    state.commit(out, new Mutation.PutNode(renamed));
    return renamed;
  }

  RegisteredNode delete(String which, Output out) {
    RegisteredNode node = nodeNamed(which);
    state.commit(out, new Mutation.DeleteNode(node.id()));
    return node;
  }

  TailnetUser userNamed(String name) {
    return state
        .user(name)
        .orElseThrow(() -> new Refusal("there is no user " + name + ": users create " + name));
  }

  /// A node by its number, address or name, in this order: a name is what a node chose.
  private RegisteredNode nodeNamed(String which) {
    return only(node -> Long.toString(node.id()).equals(which))
        .or(() -> only(node -> node.ipv4().toString().equals(which)))
        .or(() -> only(node -> node.ipv6().toString().equals(which)))
        .or(() -> only(node -> node.givenName().equals(which)))
        .orElseThrow(() -> new Refusal("there is no node " + which + ": nodes list"));
  }

  private Optional<RegisteredNode> only(Predicate<RegisteredNode> wanted) {
    return state.nodes().stream().filter(wanted).findFirst();
  }

  List<RegisteredNode> nodes() {
    return List.copyOf(state.nodes());
  }
}
