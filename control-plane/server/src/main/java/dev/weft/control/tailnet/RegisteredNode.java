package dev.weft.control.tailnet;

import static java.util.Objects.requireNonNull;

import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.MachineKey;
import dev.weft.keys.NodeKey;
import dev.weft.tailcfg.Hostinfo;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is kept of a node (`docs/protocol/control.md` §7.8); everything else is computed.
///
/// @param userId the owner; 0 for a tagged node
/// @param givenName its name in the tailnet, unique
/// @param renamed an admin gave the name, so it no longer follows the hostname
/// @param authKeyId the key it registered with
/// @param keyExpiry absent means never
/// @param cap the capability version it announced
public record RegisteredNode(
    long id,
    MachineKey machineKey,
    NodeKey nodeKey,
    @Nullable DiscoKey discoKey,
    Ip ipv4,
    Ip ipv6,
    long userId,
    List<String> tags,
    String givenName,
    boolean renamed,
    @Nullable Long authKeyId,
    boolean ephemeral,
    @Nullable Instant keyExpiry,
    Hostinfo hostinfo,
    List<Endpoint> endpoints,
    int cap,
    Instant created,
    Instant lastSeen) {

  public RegisteredNode {
    tags = List.copyOf(tags);
    endpoints = List.copyOf(endpoints);
  }

  public boolean isTagged() {
    return !tags.isEmpty();
  }

  public boolean isExpired(Instant now) {
    return keyExpiry != null && !now.isBefore(keyExpiry);
  }

  /// The IPv4 address first: one client demands the order (`docs/protocol/control.md` §5.5).
  List<IpPrefix> addresses() {
    return List.of(new IpPrefix(ipv4, 32), new IpPrefix(ipv6, 128));
  }

  /// 0 while the node has not measured.
  public int homeDerp() {
    return hostinfo.netInfo() == null ? 0 : hostinfo.netInfo().preferredDerp();
  }

  String stableId() {
    return "n" + id;
  }

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder()
        .id(id)
        .machineKey(machineKey)
        .nodeKey(nodeKey)
        .discoKey(discoKey)
        .ipv4(ipv4)
        .ipv6(ipv6)
        .userId(userId)
        .tags(tags)
        .givenName(givenName)
        .renamed(renamed)
        .authKeyId(authKeyId)
        .ephemeral(ephemeral)
        .keyExpiry(keyExpiry)
        .hostinfo(hostinfo)
        .endpoints(endpoints)
        .cap(cap)
        .created(created)
        .lastSeen(lastSeen);
  }

  /// Keys and addresses must be set.
  public static final class Builder {
    private long id;
    private @Nullable MachineKey machineKey;
    private @Nullable NodeKey nodeKey;
    private @Nullable DiscoKey discoKey;
    private @Nullable Ip ipv4;
    private @Nullable Ip ipv6;
    private long userId;
    private List<String> tags = List.of();
    private String givenName = "";
    private boolean renamed;
    private @Nullable Long authKeyId;
    private boolean ephemeral;
    private @Nullable Instant keyExpiry;
    private Hostinfo hostinfo = Hostinfo.builder().build();
    private List<Endpoint> endpoints = List.of();
    private int cap;
    private Instant created = Instant.EPOCH;
    private Instant lastSeen = Instant.EPOCH;

    private Builder() {}

    public Builder id(long id) {
      this.id = id;
      return this;
    }

    public Builder machineKey(MachineKey machineKey) {
      this.machineKey = machineKey;
      return this;
    }

    public Builder nodeKey(NodeKey nodeKey) {
      this.nodeKey = nodeKey;
      return this;
    }

    public Builder discoKey(@Nullable DiscoKey discoKey) {
      this.discoKey = discoKey;
      return this;
    }

    public Builder ipv4(Ip ipv4) {
      this.ipv4 = ipv4;
      return this;
    }

    public Builder ipv6(Ip ipv6) {
      this.ipv6 = ipv6;
      return this;
    }

    public Builder userId(long userId) {
      this.userId = userId;
      return this;
    }

    public Builder tags(List<String> tags) {
      this.tags = tags;
      return this;
    }

    public Builder givenName(String givenName) {
      this.givenName = givenName;
      return this;
    }

    public Builder renamed(boolean renamed) {
      this.renamed = renamed;
      return this;
    }

    public Builder authKeyId(@Nullable Long authKeyId) {
      this.authKeyId = authKeyId;
      return this;
    }

    public Builder ephemeral(boolean ephemeral) {
      this.ephemeral = ephemeral;
      return this;
    }

    public Builder keyExpiry(@Nullable Instant keyExpiry) {
      this.keyExpiry = keyExpiry;
      return this;
    }

    public Builder hostinfo(Hostinfo hostinfo) {
      this.hostinfo = hostinfo;
      return this;
    }

    public Builder endpoints(List<Endpoint> endpoints) {
      this.endpoints = endpoints;
      return this;
    }

    public Builder cap(int cap) {
      this.cap = cap;
      return this;
    }

    public Builder created(Instant created) {
      this.created = created;
      return this;
    }

    public Builder lastSeen(Instant lastSeen) {
      this.lastSeen = lastSeen;
      return this;
    }

    public RegisteredNode build() {
      return new RegisteredNode(
          id,
          requireNonNull(machineKey),
          requireNonNull(nodeKey),
          discoKey,
          requireNonNull(ipv4),
          requireNonNull(ipv6),
          userId,
          tags,
          givenName,
          renamed,
          authKeyId,
          ephemeral,
          keyExpiry,
          hostinfo,
          endpoints,
          cap,
          created,
          lastSeen);
    }
  }
}
