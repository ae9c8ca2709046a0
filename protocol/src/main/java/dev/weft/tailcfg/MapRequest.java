package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.INT;
import static dev.weft.json.JsonTypes.LONG;
import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.listOf;
import static dev.weft.tailcfg.WireTypes.DISCO_KEY;
import static dev.weft.tailcfg.WireTypes.NODE_KEY;

import dev.weft.base.Endpoint;
import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import dev.weft.keys.DiscoKey;
import dev.weft.keys.NodeKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `POST /machine/map`, `docs/protocol/control.md` §5.1.
///
/// @param compress `zstd` or empty
/// @param endpoints as sent; [#reportedEndpoints] is their meaning
/// @param endpointTypes parallel to `endpoints`
public record MapRequest(
    int version,
    String compress,
    boolean keepAlive,
    NodeKey nodeKey,
    @Nullable DiscoKey discoKey,
    boolean stream,
    @Nullable Hostinfo hostinfo,
    String mapSessionHandle,
    long mapSessionSeq,
    List<String> endpoints,
    List<Integer> endpointTypes,
    String tkaHead,
    boolean readOnly,
    boolean omitPeers,
    List<String> debugFlags) {

  public static final JsonType<MapRequest> JSON =
      ObjectType.<MapRequest, Builder>of(Builder::new, Builder::build)
          .always("Version", INT, MapRequest::version, Builder::version)
          .omit("Compress", STRING, MapRequest::compress, Builder::compress)
          .omit("KeepAlive", BOOL, MapRequest::keepAlive, Builder::keepAlive)
          .always("NodeKey", NODE_KEY, MapRequest::nodeKey, Builder::nodeKey)
          .always(
              "DiscoKey",
              DISCO_KEY,
              r -> r.discoKey() == null ? DiscoKey.ZERO : r.discoKey(),
              Builder::discoKey)
          .omit("Stream", BOOL, MapRequest::stream, Builder::stream)
          .always("Hostinfo", Hostinfo.JSON, MapRequest::hostinfo, Builder::hostinfo)
          .omit("MapSessionHandle", STRING, MapRequest::mapSessionHandle, Builder::mapSessionHandle)
          .omit("MapSessionSeq", LONG, MapRequest::mapSessionSeq, Builder::mapSessionSeq)
          .omit("Endpoints", listOf(STRING), MapRequest::endpoints, Builder::endpoints)
          .omit("EndpointTypes", listOf(INT), MapRequest::endpointTypes, Builder::endpointTypes)
          .omit("TKAHead", STRING, MapRequest::tkaHead, Builder::tkaHead)
          .omit("ReadOnly", BOOL, MapRequest::readOnly, Builder::readOnly)
          .omit("OmitPeers", BOOL, MapRequest::omitPeers, Builder::omitPeers)
          .omit("DebugFlags", listOf(STRING), MapRequest::debugFlags, Builder::debugFlags)
          .build();

  public MapRequest {
    endpoints = List.copyOf(endpoints);
    endpointTypes = List.copyOf(endpointTypes);
    debugFlags = List.copyOf(debugFlags);
  }

  public static Builder builder() {
    return new Builder();
  }

  /// The endpoints that can be used; zoned and malformed ones are left out.
  public List<ReportedEndpoint> reportedEndpoints() {
    List<ReportedEndpoint> reported = new ArrayList<>();
    for (int i = 0; i < endpoints.size(); i++) {
      EndpointType type = EndpointType.of(i < endpointTypes.size() ? endpointTypes.get(i) : 0);
      Endpoint.tryParse(endpoints.get(i))
          .ifPresent(endpoint -> reported.add(new ReportedEndpoint(endpoint, type)));
    }
    return List.copyOf(reported);
  }

  public Builder toBuilder() {
    return new Builder()
            .version(version)
            .compress(compress)
            .keepAlive(keepAlive)
            .nodeKey(nodeKey)
            .discoKey(discoKey)
            .stream(stream)
            .hostinfo(hostinfo)
            .mapSessionHandle(mapSessionHandle)
            .mapSessionSeq(mapSessionSeq)
            .endpoints(endpoints)
            .endpointTypes(endpointTypes)
            .tkaHead(tkaHead)
            .readOnly(readOnly)
            .omitPeers(omitPeers)
            .debugFlags(debugFlags);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private int version;
    private String compress = "";
    private boolean keepAlive;
    private NodeKey nodeKey = NodeKey.ZERO;
    private @Nullable DiscoKey discoKey;
    private boolean stream;
    private @Nullable Hostinfo hostinfo;
    private String mapSessionHandle = "";
    private long mapSessionSeq;
    private List<String> endpoints = List.of();
    private List<Integer> endpointTypes = List.of();
    private String tkaHead = "";
    private boolean readOnly;
    private boolean omitPeers;
    private List<String> debugFlags = List.of();

    private Builder() {}

    public Builder version(int version) {
      this.version = version;
      return this;
    }

    public Builder compress(String compress) {
      this.compress = compress;
      return this;
    }

    public Builder keepAlive(boolean keepAlive) {
      this.keepAlive = keepAlive;
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

    public Builder stream(boolean stream) {
      this.stream = stream;
      return this;
    }

    public Builder hostinfo(@Nullable Hostinfo hostinfo) {
      this.hostinfo = hostinfo;
      return this;
    }

    public Builder mapSessionHandle(String mapSessionHandle) {
      this.mapSessionHandle = mapSessionHandle;
      return this;
    }

    public Builder mapSessionSeq(long mapSessionSeq) {
      this.mapSessionSeq = mapSessionSeq;
      return this;
    }

    public Builder endpoints(List<String> endpoints) {
      this.endpoints = endpoints;
      return this;
    }

    public Builder endpointTypes(List<Integer> endpointTypes) {
      this.endpointTypes = endpointTypes;
      return this;
    }

    public Builder tkaHead(String tkaHead) {
      this.tkaHead = tkaHead;
      return this;
    }

    public Builder readOnly(boolean readOnly) {
      this.readOnly = readOnly;
      return this;
    }

    public Builder omitPeers(boolean omitPeers) {
      this.omitPeers = omitPeers;
      return this;
    }

    public Builder debugFlags(List<String> debugFlags) {
      this.debugFlags = debugFlags;
      return this;
    }

    public MapRequest build() {
      return new MapRequest(
          version,
          compress,
          keepAlive,
          nodeKey,
          discoKey,
          stream,
          hostinfo,
          mapSessionHandle,
          mapSessionSeq,
          endpoints,
          endpointTypes,
          tkaHead,
          readOnly,
          omitPeers,
          debugFlags);
    }
  }
}
