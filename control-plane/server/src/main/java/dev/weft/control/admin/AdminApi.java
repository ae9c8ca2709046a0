package dev.weft.control.admin;

import dev.weft.base.Endpoint;
import dev.weft.control.tailnet.AuthKey;
import dev.weft.control.tailnet.Refusal;
import dev.weft.control.tailnet.RegisteredNode;
import dev.weft.control.tailnet.TagRule;
import dev.weft.control.tailnet.Tailnet;
import dev.weft.control.tailnet.TailnetUser;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Answers requests of admins from the tailnet. To be called with the tailnet's lock held.
final class AdminApi {
  /// A hundred years. Clients cannot read times beyond the year 9999, and would refuse every map in
  /// which there is one.
  private static final Duration MAX_LIFETIME = Duration.ofDays(36_500);

  private final Tailnet tailnet;
  private final Tailnet.Output out;
  private final Instant now;

  AdminApi(Tailnet tailnet, Tailnet.Output out, Instant now) {
    this.tailnet = tailnet;
    this.out = out;
    this.now = now;
  }

  AdminReply answer(AdminRequest request) {
    try {
      return dispatch(request);
    } catch (Refusal | IllegalArgumentException e) {
      return AdminReply.builder().error(String.valueOf(e.getMessage())).build();
    }
  }

  private AdminReply dispatch(AdminRequest request) {
    return switch (request.op()) {
      case "users.create" ->
          user(tailnet.createUser(now, request.name(), request.displayName(), out));
      case "users.list" -> users();
      case "users.delete" -> {
        tailnet.deleteUser(now, request.name(), out);
        yield done();
      }
      case "keys.create" -> createKey(request);
      case "keys.list" -> keys();
      case "keys.revoke" -> {
        tailnet.revokeAuthKey(now, request.id(), out);
        yield done();
      }
      case "nodes.list" -> nodes();
      case "nodes.register", "auth.approve" ->
          node(tailnet.approveLogin(now, request.name(), request.user(), out));
      case "auth.list" -> logins();
      case "auth.deny" -> {
        tailnet.denyLogin(now, request.name(), out);
        yield done();
      }
      case "tags.list" -> tags(tailnet.tagRules());
      case "tags.set" -> tags(List.of(tailnet.setTagOwners(request.name(), request.owners(), out)));
      case "tags.delete" -> {
        tailnet.deleteTagRule(request.name(), out);
        yield done();
      }
      case "nodes.tag" -> node(tailnet.setTags(request.node(), request.tags(), out));
      case "nodes.expire" -> node(tailnet.setKeyExpiry(request.node(), now, out));
      case "nodes.expiry", "nodes.set-expiry" ->
          node(tailnet.setKeyExpiry(request.node(), after(lifetime(request)), out));
      case "nodes.rename" -> node(tailnet.renameNode(request.node(), request.name(), out));
      case "nodes.delete" -> {
        tailnet.deleteNode(request.node(), out);
        yield done();
      }
      default -> AdminReply.builder().error("this server does not know " + request.op()).build();
    };
  }

  private AdminReply createKey(AdminRequest request) {
    @Nullable Duration lifetime = lifetime(request);
    Tailnet.NewAuthKey created =
        tailnet.createAuthKey(
            now,
            new Tailnet.AuthKeySpec(
                request.user().isEmpty() ? null : request.user(),
                request.reusable(),
                request.ephemeral(),
                request.tags(),
                lifetime),
            out);
    return AdminReply.builder().key(created.text()).keys(List.of(view(created.key()))).build();
  }

  private static @Nullable Duration lifetime(AdminRequest request) {
    long seconds = request.lifetimeSeconds();
    if (seconds < 0 || seconds > MAX_LIFETIME.toSeconds()) {
      throw new IllegalArgumentException(
          "a time must be between 1s and %dd; for one without an end say --never"
              .formatted(MAX_LIFETIME.toDays()));
    }
    return seconds == 0 ? null : Duration.ofSeconds(seconds);
  }

  private @Nullable Instant after(@Nullable Duration lifetime) {
    return lifetime == null ? null : now.plus(lifetime);
  }

  private static AdminReply done() {
    return AdminReply.builder().build();
  }

  private AdminReply user(TailnetUser user) {
    return AdminReply.builder().users(List.of(view(user))).build();
  }

  private AdminReply users() {
    return AdminReply.builder().users(tailnet.users().stream().map(this::view).toList()).build();
  }

  private AdminReply keys() {
    return AdminReply.builder().keys(tailnet.authKeys().stream().map(this::view).toList()).build();
  }

  private AdminReply logins() {
    List<LoginView> views =
        tailnet.waitingLogins(now).stream()
            .map(login ->
                LoginView.builder()
                    .id(login.id())
                    .hostname(login.hostname())
                    .os(login.os())
                    .tags(login.tags())
                    .from(login.place() == null ? "" : login.place().toString())
                    .machineKey(login.machine().toString())
                    .until(login.until())
                    .build())
            .toList();
    return AdminReply.builder().logins(views).build();
  }

  private static AdminReply tags(List<TagRule> rules) {
    return AdminReply.builder()
        .tags(rules.stream().map(rule -> new TagView(rule.tag(), rule.owners())).toList())
        .build();
  }

  private AdminReply node(RegisteredNode node) {
    return AdminReply.builder().nodes(List.of(view(node))).build();
  }

  private AdminReply nodes() {
    return AdminReply.builder().nodes(tailnet.nodes().stream().map(this::view).toList()).build();
  }

  private UserView view(TailnetUser user) {
    return new UserView(user.id(), user.name(), user.displayName(), user.created());
  }

  private KeyView view(AuthKey key) {
    String owner =
        tailnet.users().stream()
            .filter(user -> user.id() == key.userId())
            .map(TailnetUser::name)
            .findFirst()
            .orElse("");
    return KeyView.builder()
        .id(key.id())
        .user(owner)
        .tags(key.tags())
        .reusable(key.reusable())
        .ephemeral(key.ephemeral())
        .created(key.created())
        .expiry(key.expiry())
        .used(key.used())
        .revoked(key.revoked())
        .valid(key.isUsable(now))
        .build();
  }

  private NodeView view(RegisteredNode node) {
    boolean online = tailnet.isOnline(node.id());
    return NodeView.builder()
        .id(node.id())
        .name(node.givenName())
        .hostname(node.hostinfo().hostname())
        .user(tailnet.ownerName(node))
        .tags(node.tags())
        .addresses(Stream.of(node.ipv4(), node.ipv6()).map(Object::toString).toList())
        .online(online)
        .lastSeen(online ? null : node.lastSeen())
        .expired(node.isExpired(now))
        .keyExpiry(node.keyExpiry())
        .ephemeral(node.ephemeral())
        .created(node.created())
        .os(node.hostinfo().os())
        .clientVersion(node.hostinfo().ipnVersion())
        .homeDerp(node.homeDerp())
        .endpoints(node.endpoints().stream().map(Endpoint::toString).toList())
        .nodeKey(node.nodeKey().toString())
        .machineKey(node.machineKey().toString())
        .build();
  }
}
