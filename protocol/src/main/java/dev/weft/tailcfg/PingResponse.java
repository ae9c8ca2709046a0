package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.DOUBLE;
import static dev.weft.json.JsonTypes.INT;
import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.UINT16;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;

/// The result of one ping, `docs/protocol/control.md` §3.3.
public record PingResponse(
    String type,
    String ip,
    String nodeIp,
    String nodeName,
    String err,
    double latencySeconds,
    String endpoint,
    String peerRelay,
    int derpRegionId,
    String derpRegionCode,
    int peerApiPort,
    boolean isLocalIp) {

  public static final JsonType<PingResponse> JSON =
      ObjectType.<PingResponse, Builder>of(Builder::new, Builder::build)
          .always("Type", STRING, PingResponse::type, Builder::type)
          .omit("IP", STRING, PingResponse::ip, Builder::ip)
          .omit("NodeIP", STRING, PingResponse::nodeIp, Builder::nodeIp)
          .omit("NodeName", STRING, PingResponse::nodeName, Builder::nodeName)
          .omit("Err", STRING, PingResponse::err, Builder::err)
          .omit("LatencySeconds", DOUBLE, PingResponse::latencySeconds, Builder::latencySeconds)
          .omit("Endpoint", STRING, PingResponse::endpoint, Builder::endpoint)
          .omit("PeerRelay", STRING, PingResponse::peerRelay, Builder::peerRelay)
          .omit("DERPRegionID", INT, PingResponse::derpRegionId, Builder::derpRegionId)
          .omit("DERPRegionCode", STRING, PingResponse::derpRegionCode, Builder::derpRegionCode)
          .omit("PeerAPIPort", UINT16, PingResponse::peerApiPort, Builder::peerApiPort)
          .omit("IsLocalIP", BOOL, PingResponse::isLocalIp, Builder::isLocalIp)
          .build();

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder()
        .type(type)
        .ip(ip)
        .nodeIp(nodeIp)
        .nodeName(nodeName)
        .err(err)
        .latencySeconds(latencySeconds)
        .endpoint(endpoint)
        .peerRelay(peerRelay)
        .derpRegionId(derpRegionId)
        .derpRegionCode(derpRegionCode)
        .peerApiPort(peerApiPort)
        .isLocalIp(isLocalIp);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private String type = "";
    private String ip = "";
    private String nodeIp = "";
    private String nodeName = "";
    private String err = "";
    private double latencySeconds;
    private String endpoint = "";
    private String peerRelay = "";
    private int derpRegionId;
    private String derpRegionCode = "";
    private int peerApiPort;
    private boolean isLocalIp;

    private Builder() {}

    public Builder type(String type) {
      this.type = type;
      return this;
    }

    public Builder ip(String ip) {
      this.ip = ip;
      return this;
    }

    public Builder nodeIp(String nodeIp) {
      this.nodeIp = nodeIp;
      return this;
    }

    public Builder nodeName(String nodeName) {
      this.nodeName = nodeName;
      return this;
    }

    public Builder err(String err) {
      this.err = err;
      return this;
    }

    public Builder latencySeconds(double latencySeconds) {
      this.latencySeconds = latencySeconds;
      return this;
    }

    public Builder endpoint(String endpoint) {
      this.endpoint = endpoint;
      return this;
    }

    public Builder peerRelay(String peerRelay) {
      this.peerRelay = peerRelay;
      return this;
    }

    public Builder derpRegionId(int derpRegionId) {
      this.derpRegionId = derpRegionId;
      return this;
    }

    public Builder derpRegionCode(String derpRegionCode) {
      this.derpRegionCode = derpRegionCode;
      return this;
    }

    public Builder peerApiPort(int peerApiPort) {
      this.peerApiPort = peerApiPort;
      return this;
    }

    public Builder isLocalIp(boolean isLocalIp) {
      this.isLocalIp = isLocalIp;
      return this;
    }

    public PingResponse build() {
      return new PingResponse(
          type,
          ip,
          nodeIp,
          nodeName,
          err,
          latencySeconds,
          endpoint,
          peerRelay,
          derpRegionId,
          derpRegionCode,
          peerApiPort,
          isLocalIp);
    }
  }
}
