package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.INT;
import static dev.weft.json.JsonTypes.LONG;
import static dev.weft.json.JsonTypes.TIME;
import static dev.weft.json.JsonTypes.TRI_STATE;
import static dev.weft.json.JsonTypes.listOf;
import static dev.weft.json.JsonTypes.mapOfLists;
import static dev.weft.tailcfg.WireTypes.BYTES;
import static dev.weft.tailcfg.WireTypes.DISCO_KEY;
import static dev.weft.tailcfg.WireTypes.ENDPOINT;
import static dev.weft.tailcfg.WireTypes.NODE_KEY;
import static dev.weft.tailcfg.WireTypes.REGION;
import static java.util.Collections.unmodifiableSortedMap;

import dev.weft.base.Bytes;
import dev.weft.base.Endpoint;
import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import dev.weft.json.RawJson;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.NodeKey;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A change to a peer already known, `docs/protocol/control.md` §5.3. Only what is present changes.
///
/// @param endpoints an empty list clears them
public record PeerChange(
    long nodeId,
    int derpRegion,
    int cap,
    @Nullable SortedMap<String, List<RawJson>> capMap,
    @Nullable List<Endpoint> endpoints,
    @Nullable NodeKey key,
    @Nullable Bytes keySignature,
    @Nullable DiscoKey discoKey,
    @Nullable Boolean online,
    @Nullable Instant lastSeen,
    @Nullable Instant keyExpiry) {

  public static final JsonType<PeerChange> JSON =
      ObjectType.<PeerChange, Builder>of(Builder::new, Builder::build)
          .always("NodeID", LONG, PeerChange::nodeId, Builder::nodeId)
          .omit("DERPRegion", REGION, PeerChange::derpRegion, Builder::derpRegion)
          .omit("Cap", INT, PeerChange::cap, Builder::cap)
          .omitNull("CapMap", mapOfLists(RawJson.JSON), PeerChange::capMap, Builder::capMap)
          .omitNull("Endpoints", listOf(ENDPOINT), PeerChange::endpoints, Builder::endpoints)
          .omit("Key", NODE_KEY, PeerChange::key, Builder::key)
          .omit("KeySignature", BYTES, PeerChange::keySignature, Builder::keySignature)
          .omit("DiscoKey", DISCO_KEY, PeerChange::discoKey, Builder::discoKey)
          .omit("Online", TRI_STATE, PeerChange::online, Builder::online)
          .omit("LastSeen", TIME, PeerChange::lastSeen, Builder::lastSeen)
          .omit("KeyExpiry", TIME, PeerChange::keyExpiry, Builder::keyExpiry)
          .build();

  public PeerChange {
    capMap = capMap == null ? null : unmodifiableSortedMap(new TreeMap<>(capMap));
    endpoints = endpoints == null ? null : List.copyOf(endpoints);
  }

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder()
        .nodeId(nodeId)
        .derpRegion(derpRegion)
        .cap(cap)
        .capMap(capMap)
        .endpoints(endpoints)
        .key(key)
        .keySignature(keySignature)
        .discoKey(discoKey)
        .online(online)
        .lastSeen(lastSeen)
        .keyExpiry(keyExpiry);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private long nodeId;
    private int derpRegion;
    private int cap;
    private @Nullable SortedMap<String, List<RawJson>> capMap;
    private @Nullable List<Endpoint> endpoints;
    private @Nullable NodeKey key;
    private @Nullable Bytes keySignature;
    private @Nullable DiscoKey discoKey;
    private @Nullable Boolean online;
    private @Nullable Instant lastSeen;
    private @Nullable Instant keyExpiry;

    private Builder() {}

    public Builder nodeId(long nodeId) {
      this.nodeId = nodeId;
      return this;
    }

    public Builder derpRegion(int derpRegion) {
      this.derpRegion = derpRegion;
      return this;
    }

    public Builder cap(int cap) {
      this.cap = cap;
      return this;
    }

    public Builder capMap(@Nullable SortedMap<String, List<RawJson>> capMap) {
      this.capMap = capMap;
      return this;
    }

    public Builder endpoints(@Nullable List<Endpoint> endpoints) {
      this.endpoints = endpoints;
      return this;
    }

    public Builder key(@Nullable NodeKey key) {
      this.key = key;
      return this;
    }

    public Builder keySignature(@Nullable Bytes keySignature) {
      this.keySignature = keySignature;
      return this;
    }

    public Builder discoKey(@Nullable DiscoKey discoKey) {
      this.discoKey = discoKey;
      return this;
    }

    public Builder online(@Nullable Boolean online) {
      this.online = online;
      return this;
    }

    public Builder lastSeen(@Nullable Instant lastSeen) {
      this.lastSeen = lastSeen;
      return this;
    }

    public Builder keyExpiry(@Nullable Instant keyExpiry) {
      this.keyExpiry = keyExpiry;
      return this;
    }

    public PeerChange build() {
      return new PeerChange(
          nodeId,
          derpRegion,
          cap,
          capMap,
          endpoints,
          key,
          keySignature,
          discoKey,
          online,
          lastSeen,
          keyExpiry);
    }
  }
}
