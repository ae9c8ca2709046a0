package dev.weft.control.tailnet;

import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.control.tailnet.PendingLogins.PendingLogin;
import dev.weft.keys.MachineKey;
import dev.weft.keys.NodeKey;
import dev.weft.tailcfg.MapRequest;
import dev.weft.tailcfg.RegisterRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A tailnet: users, keys, nodes, and who is online.
///
/// It owns the state in memory and decides; the caller owns the lock, the clock and the store.
/// Requests of nodes come in as [#register], [#update] and [#openSession]; those of admins by the
/// methods below them; [#handleTimeout] is to be called every second or so. It does not know
/// connections: it trusts that `machine` is the Noise peer of the request.
public final class Tailnet {
  private final TailnetState state;
  private final NetmapBuilder maps;
  private final PendingLogins logins = new PendingLogins();
  private final TagOwnership ownership;
  private final Registrar registrar;
  private final Presence presence;
  private final TailnetAdmin admin;
  private final Entropy entropy;

  public Tailnet(TailnetConfig config, TailnetStore.Snapshot stored, Entropy entropy, Instant now) {
    this.entropy = entropy;
    state = new TailnetState(stored);
    maps = new NetmapBuilder(config, state);
    ownership = new TagOwnership(state);
    registrar = new Registrar(config, state, logins, ownership);
    presence = new Presence(config, state, now);
    admin = new TailnetAdmin(state);
  }

  /// What has to happen outside, in the order of the calls.
  public interface Output {
    /// Store all of it, or throw and nothing happened.
    void store(List<Mutation> mutations);

    /// Give this to every open session.
    void changed(Change change);

    /// Ask [#register] again for the requests that are held.
    void loginSettled();
  }

  // Nodes.

  /// @param place where the request comes from; null when that is not known
  public RegisterOutcome register(
      Instant now, MachineKey machine, @Nullable Ip place, RegisterRequest request, Output out) {
    return registrar.register(now, machine, place, request, entropy, out);
  }

  /// The node with this key, if it is this machine's: every request with a node key in its body is
  /// checked by this.
  public Optional<RegisteredNode> authenticate(MachineKey machine, NodeKey key) {
    return state.node(key).filter(node -> node.machineKey().equals(machine));
  }

  /// Whether this is the key of a node that is logged in.
  public boolean isMember(Instant now, NodeKey key) {
    return state.node(key).filter(node -> !node.isExpired(now)).isPresent();
  }

  /// Takes over what a map request says about its node.
  public void update(RegisteredNode node, MapRequest request, Output out) {
    RegisteredNode updated = NodeUpdates.apply(node, request, state::isNameTaken, ownership);
    if (updated.equals(node)) {
      return;
    }
    if (updated.givenName().equals(node.givenName()) && updated.tags().equals(node.tags())) {
      state.amend(out, updated);
    } else {
      state.commit(out, new Mutation.PutNode(updated));
    }
  }

  /// A stream of this node begins. One is current at a time: opening another replaces it.
  public MapSession openSession(long nodeId, Output out) {
    presence.streamOpened(nodeId, out);
    return new MapSession(nodeId, maps, state);
  }

  /// The current stream of this node ended and no other has begun.
  public void sessionClosed(Instant now, long nodeId) {
    presence.streamClosed(now, nodeId);
  }

  /// A map for a request that wants one and no stream.
  public Optional<MapMessage> map(Instant now, long nodeId) {
    return new MapSession(nodeId, maps, state).first(now);
  }

  public void handleTimeout(Instant now, Output out) {
    logins.handleTimeout(now);
    presence.handleTimeout(now, out);
    flush(out);
    presence.removeAbandoned(now, out);
  }

  /// Stores what nodes reported of themselves since the last time. To be called before the end,
  /// too.
  public void flush(Output out) {
    state.flush(out);
  }

  /// To be called when a node was deleted.
  public void forget(long nodeId) {
    if (state.node(nodeId).isEmpty()) {
      maps.forget(nodeId);
    }
  }

  // Admins. All of these throw a Refusal when the answer is no.

  public TailnetUser createUser(Instant now, String name, String displayName, Output out) {
    return admin.createUser(now, name, displayName, out);
  }

  public void deleteUser(Instant now, String name, Output out) {
    admin.deleteUser(now, name, out);
  }

  public List<TailnetUser> users() {
    return List.copyOf(state.users());
  }

  /// @param user the owner's name, or null for a tagged key
  /// @param lifetime how long nodes can register with it; null for ever
  public record AuthKeySpec(
      @Nullable String user,
      boolean reusable,
      boolean ephemeral,
      List<String> tags,
      @Nullable Duration lifetime) {
    public AuthKeySpec {
      tags = List.copyOf(tags);
    }
  }

  /// @param text what lets a node in; it is not kept
  public record NewAuthKey(AuthKey key, String text) {
    @Override
    public String toString() {
      return "NewAuthKey[" + key.id() + "]";
    }
  }

  public NewAuthKey createAuthKey(Instant now, AuthKeySpec spec, Output out) {
    return admin.createAuthKey(now, spec, entropy, out);
  }

  public void revokeAuthKey(Instant now, long id, Output out) {
    admin.revokeAuthKey(now, id, out);
  }

  public List<AuthKey> authKeys() {
    return List.copyOf(state.authKeys());
  }

  public List<RegisteredNode> nodes() {
    return admin.nodes();
  }

  public boolean isOnline(long nodeId) {
    return state.isOnline(nodeId);
  }

  /// The name of the user whom the node belongs to.
  public String ownerName(RegisteredNode node) {
    return state.owner(node).name();
  }

  /// @param expiry null for never
  public RegisteredNode setKeyExpiry(String node, @Nullable Instant expiry, Output out) {
    return admin.setKeyExpiry(node, expiry, out);
  }

  public RegisteredNode renameNode(String node, String name, Output out) {
    return admin.rename(node, name, out);
  }

  public RegisteredNode deleteNode(String node, Output out) {
    return admin.delete(node, out);
  }

  /// Tags instead of a user.
  public RegisteredNode setTags(String node, List<String> tags, Output out) {
    return admin.setTags(node, tags, out);
  }

  public List<TagRule> tagRules() {
    return List.copyOf(state.tagRules());
  }

  /// Says who may give a tag, instead of whoever might before.
  public TagRule setTagOwners(String tag, List<String> owners, Output out) {
    return admin.setTagOwners(tag, owners, out);
  }

  /// From now on nobody may give this tag. Nodes that have it keep it.
  public void deleteTagRule(String tag, Output out) {
    admin.deleteTagRule(tag, out);
  }

  /// Logins that wait for an admin's word, the oldest first.
  public List<WaitingLogin> waitingLogins(Instant now) {
    return logins.all(now).stream().map(PendingLogin::toWaiting).toList();
  }

  /// Whether a login with this ID waits for approval.
  public boolean isLoginPending(Instant now, String id) {
    return logins.find(now, id).isPresent();
  }

  /// Lets a waiting login in.
  ///
  /// @param id of the login, or the whole URL that its node shows
  public RegisteredNode approveLogin(Instant now, String id, String user, Output out) {
    return registrar.approve(now, waiting(now, id), admin.userNamed(user), out);
  }

  /// Turns a waiting login down; its client is told.
  public void denyLogin(Instant now, String id, Output out) {
    registrar.deny(waiting(now, id), out);
  }

  private PendingLogin waiting(Instant now, String id) {
    return logins
        .find(now, id.substring(id.lastIndexOf('/') + 1))
        .orElseThrow(() ->
            new Refusal(
                "no login "
                    + id
                    + " waits: it may have timed out; run the login on the node again"));
  }
}
