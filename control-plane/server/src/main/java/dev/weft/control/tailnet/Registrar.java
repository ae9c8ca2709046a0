package dev.weft.control.tailnet;

import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.control.tailnet.PendingLogins.PendingLogin;
import dev.weft.control.tailnet.Tailnet.Output;
import dev.weft.keys.MachineKey;
import dev.weft.tailcfg.CapabilityVersion;
import dev.weft.tailcfg.Hostinfo;
import dev.weft.tailcfg.Login;
import dev.weft.tailcfg.RegisterRequest;
import dev.weft.tailcfg.RegisterResponse;
import dev.weft.tailcfg.User;
import dev.weft.transport.limit.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Decides who gets in: the table of `docs/protocol/control.md` §4.3, in its order.
final class Registrar {
  /// The path below the control URL where a login waits for approval; the last element is its ID.
  static final String LOGIN_PATH = "/register/";

  /// How many new nodes one auth key lets in: a reusable one that leaked must not flood the tailnet
  /// before somebody sees it. Enough for a machine room that starts at once.
  private static final int NEW_NODES_AT_ONCE = 1_000;

  private static final double NEW_NODES_PER_SECOND = 10;
  private static final int MAX_REMEMBERED_KEYS = 1_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final RateLimit<Long> newNodes =
      new RateLimit<>(NEW_NODES_AT_ONCE, NEW_NODES_PER_SECOND, MAX_REMEMBERED_KEYS);

  private final TailnetConfig config;
  private final TailnetState state;
  private final PendingLogins logins;
  private final TagOwnership ownership;

  Registrar(
      TailnetConfig config, TailnetState state, PendingLogins logins, TagOwnership ownership) {
    this.ownership = ownership;
    this.config = config;
    this.state = state;
    this.logins = logins;
  }

  RegisterOutcome register(
      Instant now,
      MachineKey machine,
      @Nullable Ip place,
      RegisterRequest request,
      Entropy entropy,
      Output out) {
    if (request.version() < CapabilityVersion.OLDEST_SUPPORTED) {
      return refuse("this client is too old: version 1.80 or newer is needed");
    }
    if (request.nodeKey().isZero()) {
      return refuse("no node key");
    }
    if (request.hostinfo() != null && !NodeUpdates.fits(request.hostinfo())) {
      return refuse("the Hostinfo is too large");
    }
    Optional<RegisteredNode> known = state.node(request.nodeKey());
    if (request.expiry() != null && !now.isBefore(request.expiry())) {
      known
          .filter(node -> node.machineKey().equals(machine))
          .ifPresent(node -> logOut(now, node, out));
      return expired();
    }
    if (known.isPresent()) {
      RegisteredNode node = known.get();
      if (!node.machineKey().equals(machine)) {
        return refuse("node exists with a different machine key");
      }
      if (!needsKey(now, node, request)) {
        if (node.isExpired(now)) {
          return expired();
        }
        if (!needsLoginForTags(node, request)) {
          RegisteredNode current = takeTags(shortenExpiry(node, request, out), request, out);
          return welcome(noteSighting(now, current, out));
        }
      }
    }
    if (request.auth() != null && !request.auth().authKey().isEmpty()) {
      return registerByKey(now, machine, request, request.auth().authKey(), out);
    }
    return logInByAdmin(now, machine, place, request, entropy);
  }

  /// An admin approves a login: the node becomes this user's.
  RegisteredNode approve(Instant now, PendingLogin login, TailnetUser user, Output out) {
    List<String> tags = NodeUpdates.wantedTags(login.request().hostinfo());
    ownership
        .deniedTo(user, tags)
        .ifPresent(tag -> {
          throw new Refusal(
              "the node asks for %s, which %s does not own: approve it as another user, or tags set %s --owners %s"
                  .formatted(tag, user.name(), tag, user.name()));
        });
    // Another machine may have registered the key while this login waited.
    if (state
        .node(login.request().nodeKey())
        .filter(node -> !node.machineKey().equals(login.machine()))
        .isPresent()) {
      logins.end(login.id());
      throw new Refusal(
          "another machine has registered this node's key meanwhile: log the node in again");
    }
    Claim claim = Claim.of(user.id(), tags, null, login.request().ephemeral());
    RegisteredNode node = admit(now, login.machine(), login.request(), claim, List.of(), out);
    logins.end(login.id());
    out.loginSettled();
    return node;
  }

  /// An admin turns a login down.
  void deny(PendingLogin login, Output out) {
    logins.deny(login);
    out.loginSettled();
  }

  /// Whether a known node asks for tags that only somebody who owns them can give it. Where nobody
  /// does, it stays as it is, and its map says so: a wish must not log a node out.
  private boolean needsLoginForTags(RegisteredNode node, RegisterRequest request) {
    List<String> wanted = NodeUpdates.wantedTags(request.hostinfo());
    return !node.tags().containsAll(wanted)
        && ownership.deniedTo(node.tags(), wanted).isPresent()
        && ownership.unowned(wanted).isEmpty();
  }

  /// An ephemeral node that comes back has its whole time again to open a stream.
  private RegisteredNode noteSighting(Instant now, RegisteredNode node, Output out) {
    if (!node.ephemeral() || state.isOnline(node.id())) {
      return node;
    }
    RegisteredNode seen = node.toBuilder().lastSeen(now).build();
    state.amend(out, seen);
    return seen;
  }

  private RegisteredNode takeTags(RegisteredNode node, RegisterRequest request, Output out) {
    if (request.hostinfo() == null) {
      return node;
    }
    List<String> tags = NodeUpdates.tagsFor(node, request.hostinfo(), ownership);
    if (tags.equals(node.tags())) {
      return node;
    }
    RegisteredNode tagged = node.toBuilder().tags(tags).build();
    state.commit(out, new Mutation.PutNode(tagged));
    return tagged;
  }

  /// Whether a known node has to prove itself again. A container that restarts with the key that it
  /// was made with does not, even when that key is used up or expired by now.
  private boolean needsKey(Instant now, RegisteredNode node, RegisterRequest request) {
    if (request.auth() == null || request.auth().authKey().isEmpty()) {
      return false;
    }
    boolean sameKey =
        state
            .authKey(AuthKeyText.hash(request.auth().authKey()))
            .filter(key -> node.authKeyId() != null && key.id() == node.authKeyId())
            .isPresent();
    return !sameKey || node.isExpired(now);
  }

  private void logOut(Instant now, RegisteredNode node, Output out) {
    if (node.ephemeral()) {
      state.commit(out, new Mutation.DeleteNode(node.id()));
    } else if (!node.isExpired(now)) {
      state.commit(out, new Mutation.PutNode(node.toBuilder().keyExpiry(now).build()));
    }
  }

  /// A client may ask for less time than it has, never for more.
  private RegisteredNode shortenExpiry(RegisteredNode node, RegisterRequest request, Output out) {
    @Nullable Instant wanted = request.expiry();
    if (wanted == null || (node.keyExpiry() != null && !wanted.isBefore(node.keyExpiry()))) {
      return node;
    }
    RegisteredNode shortened = node.toBuilder().keyExpiry(wanted).build();
    state.commit(out, new Mutation.PutNode(shortened));
    return shortened;
  }

  private RegisterOutcome registerByKey(
      Instant now, MachineKey machine, RegisterRequest request, String text, Output out) {
    Optional<AuthKey> found = state.authKey(AuthKeyText.hash(text));
    if (found.isEmpty()) {
      return refuse("invalid pre auth key");
    }
    AuthKey key = found.get();
    @Nullable String refusal = key.refusal(now);
    if (refusal != null) {
      return refuse(refusal);
    }
    List<String> wanted = NodeUpdates.wantedTags(request.hostinfo());
    Optional<String> denied =
        key.tags().isEmpty()
            ? state
                .user(key.userId())
                .map(user -> ownership.deniedTo(user, wanted))
                .orElse(wanted.stream().findFirst())
            : ownership.deniedTo(key.tags(), wanted);
    if (denied.isPresent()) {
      return refuseTags(wanted, "the auth key does not give " + denied.get());
    }
    List<String> tags = Stream.concat(key.tags().stream(), wanted.stream()).distinct().toList();
    Claim claim = Claim.of(key.userId(), tags, key.id(), key.ephemeral() || request.ephemeral());
    if (existing(machine, request, claim).isEmpty()) {
      Duration wait = newNodes.take(key.id(), now.toEpochMilli() * NANOS_PER_MILLI);
      if (!wait.isZero()) {
        return new RegisterOutcome.TooMany(wait);
      }
    }
    List<Mutation> alongside = List.of(new Mutation.PutAuthKey(key.usedAt(now)));
    return welcome(admit(now, machine, request, claim, alongside, out));
  }

  private RegisterOutcome logInByAdmin(
      Instant now,
      MachineKey machine,
      @Nullable Ip place,
      RegisterRequest request,
      Entropy entropy) {
    String followedUp = request.followup().substring(request.followup().lastIndexOf('/') + 1);
    if (logins.isDenied(now, followedUp, machine)) {
      return refuse("an admin denied this login");
    }
    List<String> wanted = NodeUpdates.wantedTags(request.hostinfo());
    Optional<String> unowned = ownership.unowned(wanted);
    if (unowned.isPresent()) {
      return refuseTags(wanted, "nobody owns " + unowned.get());
    }
    PendingLogin login = logins.begin(now, machine, place, request, entropy);
    RegisterResponse response = RegisterResponse.builder().authUrl(loginUrl(login)).build();
    return request.followup().equals(loginUrl(login))
        ? new RegisterOutcome.Hold(response)
        : new RegisterOutcome.Answer(response);
  }

  private String loginUrl(PendingLogin login) {
    return config.url() + LOGIN_PATH + login.id();
  }

  /// Makes the node, or gives the one that it was its new key, owner and tags: it keeps ID,
  /// addresses and name.
  private RegisteredNode admit(
      Instant now,
      MachineKey machine,
      RegisterRequest request,
      Claim claim,
      List<Mutation> alongside,
      Output out) {
    Optional<RegisteredNode> existing = existing(machine, request, claim);
    Hostinfo hostinfo =
        request.hostinfo() == null ? Hostinfo.builder().build() : request.hostinfo();
    List<Mutation> mutations = new ArrayList<>();
    RegisteredNode.Builder node =
        existing
            .map(known ->
                known.toBuilder()
                    .givenName(NodeUpdates.nameFor(known, hostinfo, state::isNameTaken)))
            .orElseGet(() -> fresh(now, machine, hostinfo, mutations));
    RegisteredNode admitted =
        node.nodeKey(request.nodeKey())
            .userId(claim.userId())
            .tags(claim.tags())
            .authKeyId(claim.authKeyId())
            .ephemeral(claim.ephemeral())
            .keyExpiry(expiryFor(now, claim, request))
            .hostinfo(NodeUpdates.merge(existing.map(RegisteredNode::hostinfo), hostinfo))
            .cap(request.version())
            .lastSeen(now)
            .build();
    // A node key belongs to one node: a login as another user with the same key takes it along.
    state
        .node(request.nodeKey())
        .filter(other -> other.id() != admitted.id())
        .ifPresent(other -> mutations.add(new Mutation.DeleteNode(other.id())));
    mutations.add(new Mutation.PutNode(admitted));
    mutations.addAll(alongside);
    state.commit(out, mutations);
    return admitted;
  }

  /// The node that logs in again: the one with its key or the key before, else the machine's node
  /// of this owner. Tags come and go without making another node of it; another user does not, for
  /// a machine may be used by several in turn.
  private Optional<RegisteredNode> existing(
      MachineKey machine, RegisterRequest request, Claim claim) {
    return Stream.of(Optional.of(request.nodeKey()), Optional.ofNullable(request.oldNodeKey()))
        .flatMap(Optional::stream)
        .flatMap(key -> state.node(key).stream())
        .filter(node -> node.machineKey().equals(machine))
        .filter(
            node -> node.userId() == claim.userId() || node.isTagged() || !claim.tags().isEmpty())
        .findFirst()
        .or(() -> state.node(machine, claim.userId()));
  }

  private RegisteredNode.Builder fresh(
      Instant now, MachineKey machine, Hostinfo hostinfo, List<Mutation> mutations) {
    AddressPool.Pair addresses = AddressPool.next(state.lastAddress(), state::isTaken);
    mutations.add(new Mutation.GiveAddress(addresses.number()));
    String name = NodeNames.unique(NodeNames.sanitize(hostinfo.hostname()), state::isNameTaken);
    return RegisteredNode.builder()
        .id(state.nextNodeId())
        .machineKey(machine)
        .ipv4(addresses.v4())
        .ipv6(addresses.v6())
        .givenName(name)
        .created(now);
  }

  private @Nullable Instant expiryFor(Instant now, Claim claim, RegisterRequest request) {
    if (!claim.tags().isEmpty()) {
      return null;
    }
    @Nullable Instant ours = config.keyExpiry() == null ? null : now.plus(config.keyExpiry());
    @Nullable Instant theirs = request.expiry();
    if (ours == null || theirs == null) {
      return ours == null ? theirs : ours;
    }
    return theirs.isBefore(ours) ? theirs : ours;
  }

  private RegisterOutcome welcome(RegisteredNode node) {
    TailnetUser owner = state.owner(node);
    return new RegisterOutcome.Answer(
        RegisterResponse.builder()
            .user(
                User.builder()
                    .id(owner.id())
                    .displayName(owner.displayName())
                    .created(owner.created())
                    .build())
            .login(
                Login.builder()
                    .id(owner.id())
                    .provider("weft")
                    .loginName(owner.name())
                    .displayName(owner.displayName())
                    .build())
            .machineAuthorized(true)
            .build());
  }

  private static RegisterOutcome expired() {
    return new RegisterOutcome.Answer(RegisterResponse.builder().nodeKeyExpired(true).build());
  }

  private static RegisterOutcome refuseTags(List<String> wanted, String why) {
    return refuse("requested tags " + wanted + " are invalid or not permitted: " + why);
  }

  private static RegisterOutcome refuse(String error) {
    return new RegisterOutcome.Answer(RegisterResponse.builder().error(error).build());
  }

  /// Whose the node will be, and by which right.
  private record Claim(
      long userId, List<String> tags, @Nullable Long authKeyId, boolean ephemeral) {

    /// A tagged node is no user's.
    static Claim of(long userId, List<String> tags, @Nullable Long authKeyId, boolean ephemeral) {
      return new Claim(tags.isEmpty() ? userId : 0, tags, authKeyId, ephemeral);
    }
  }
}
