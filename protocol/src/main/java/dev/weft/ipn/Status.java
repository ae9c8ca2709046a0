package dev.weft.ipn;

import static dev.weft.ipn.IpnTypes.ADDRESSES;
import static dev.weft.ipn.IpnTypes.STRINGS;
import static dev.weft.ipn.IpnTypes.nullIfEmpty;
import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.mapByLong;
import static dev.weft.json.JsonTypes.mapOf;
import static dev.weft.json.JsonTypes.text;

import dev.weft.base.Ip;
import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import dev.weft.json.RawJson;
import dev.weft.tailcfg.UserProfile;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a node knows of itself and of its tailnet at one moment, for people and for tools.
///
/// Made by a [Builder]; a component that was not set has its empty value.
///
/// @param version the version of the daemon
/// @param tun whether traffic of the whole machine goes through the node, by a TUN device
/// @param authUrl where a person may log this node in; empty when that is not asked for
/// @param self this node; null only in answers of foreign daemons
/// @param health what does not work, one sentence each; empty when all is well
/// @param certDomains the names for which control helps to get certificates
/// @param peers the other nodes; empty too when they were not asked for
/// @param users the owners of the nodes, by ID
public record Status(
    String version,
    boolean tun,
    State backendState,
    boolean haveNodeKey,
    String authUrl,
    List<Ip> tailscaleIps,
    @Nullable PeerStatus self,
    @Nullable ExitNodeStatus exitNodeStatus,
    List<String> health,
    String magicDnsSuffix,
    @Nullable TailnetStatus currentTailnet,
    List<String> certDomains,
    List<PeerStatus> peers,
    SortedMap<Long, UserProfile> users) {

  private static final JsonType<State> STATE = text(State::ofText, State::toString);

  /// The table of the fields (`docs/protocol/services.md` §6.6).
  public static final JsonType<Status> JSON =
      ObjectType.<Status, Builder>of(Builder::new, Builder::build)
          .always("Version", STRING, Status::version, Builder::version)
          .always("TUN", BOOL, Status::tun, Builder::tun)
          .always("BackendState", STATE, Status::backendState, Builder::backendState)
          .omit("HaveNodeKey", BOOL, Status::haveNodeKey, Builder::haveNodeKey)
          .always("AuthURL", STRING, Status::authUrl, Builder::authUrl)
          .always(
              "TailscaleIPs", ADDRESSES, s -> nullIfEmpty(s.tailscaleIps), Builder::tailscaleIps)
          .always("Self", PeerStatus.JSON, Status::self, Builder::self)
          .omitNull(
              "ExitNodeStatus",
              ExitNodeStatus.JSON,
              Status::exitNodeStatus,
              Builder::exitNodeStatus)
          .always("Health", STRINGS, s -> nullIfEmpty(s.health), Builder::health)
          .always("MagicDNSSuffix", STRING, Status::magicDnsSuffix, Builder::magicDnsSuffix)
          .always(
              "CurrentTailnet", TailnetStatus.JSON, Status::currentTailnet, Builder::currentTailnet)
          .always("CertDomains", STRINGS, s -> nullIfEmpty(s.certDomains), Builder::certDomains)
          .always("ExtraRecords", RawJson.JSON, _ -> null, (_, _) -> {})
          .always(
              "Peer",
              mapOf(PeerStatus.JSON),
              s -> nullIfEmpty(byKey(s.peers)),
              (builder, peers) -> builder.peers(List.copyOf(peers.values())))
          .always("User", mapByLong(UserProfile.JSON), s -> nullIfEmpty(s.users), Builder::users)
          .always("ClientVersion", RawJson.JSON, _ -> null, (_, _) -> {})
          .build();

  public Status {
    tailscaleIps = List.copyOf(tailscaleIps);
    health = List.copyOf(health);
    certDomains = List.copyOf(certDomains);
    peers = List.copyOf(peers);
    users = Collections.unmodifiableSortedMap(new TreeMap<>(users));
  }

  /// The same node with other peers.
  public Status withPeers(List<PeerStatus> otherPeers) {
    return new Status(
        version,
        tun,
        backendState,
        haveNodeKey,
        authUrl,
        tailscaleIps,
        self,
        exitNodeStatus,
        health,
        magicDnsSuffix,
        currentTailnet,
        certDomains,
        otherPeers,
        users);
  }

  private static SortedMap<String, PeerStatus> byKey(List<PeerStatus> peers) {
    SortedMap<String, PeerStatus> map = new TreeMap<>();
    for (PeerStatus peer : peers) {
      map.put(peer.publicKey().toString(), peer);
    }
    return map;
  }

  public static Builder builder() {
    return new Builder();
  }

  /// Collects the components of a [Status].
  public static final class Builder {
    private String version = "";
    private boolean tun;
    private State backendState = State.NO_STATE;
    private boolean haveNodeKey;
    private String authUrl = "";
    private List<Ip> tailscaleIps = List.of();
    private @Nullable PeerStatus self;
    private @Nullable ExitNodeStatus exitNodeStatus;
    private List<String> health = List.of();
    private String magicDnsSuffix = "";
    private @Nullable TailnetStatus currentTailnet;
    private List<String> certDomains = List.of();
    private List<PeerStatus> peers = List.of();
    private SortedMap<Long, UserProfile> users = Collections.emptySortedMap();

    private Builder() {}

    public Builder version(String value) {
      version = value;
      return this;
    }

    public Builder tun(boolean value) {
      tun = value;
      return this;
    }

    public Builder backendState(State value) {
      backendState = value;
      return this;
    }

    public Builder haveNodeKey(boolean value) {
      haveNodeKey = value;
      return this;
    }

    public Builder authUrl(String value) {
      authUrl = value;
      return this;
    }

    public Builder tailscaleIps(List<Ip> value) {
      tailscaleIps = value;
      return this;
    }

    public Builder self(@Nullable PeerStatus value) {
      self = value;
      return this;
    }

    public Builder exitNodeStatus(@Nullable ExitNodeStatus value) {
      exitNodeStatus = value;
      return this;
    }

    public Builder health(List<String> value) {
      health = value;
      return this;
    }

    public Builder magicDnsSuffix(String value) {
      magicDnsSuffix = value;
      return this;
    }

    public Builder currentTailnet(@Nullable TailnetStatus value) {
      currentTailnet = value;
      return this;
    }

    public Builder certDomains(List<String> value) {
      certDomains = value;
      return this;
    }

    public Builder peers(List<PeerStatus> value) {
      peers = value;
      return this;
    }

    public Builder users(SortedMap<Long, UserProfile> value) {
      users = value;
      return this;
    }

    public Status build() {
      return new Status(
          version,
          tun,
          backendState,
          haveNodeKey,
          authUrl,
          tailscaleIps,
          self,
          exitNodeStatus,
          health,
          magicDnsSuffix,
          currentTailnet,
          certDomains,
          peers,
          users);
    }
  }
}
