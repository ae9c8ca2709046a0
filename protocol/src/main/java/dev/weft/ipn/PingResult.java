package dev.weft.ipn;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.DOUBLE;
import static dev.weft.json.JsonTypes.INT;
import static dev.weft.json.JsonTypes.STRING;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;

/// The answer to one ping. Texts and numbers that do not apply are empty and zero.
///
/// @param ip what was pinged
/// @param nodeIp the address of the node that answers for it; another than `ip` behind a subnet
///   router
/// @param err why there was no answer; empty after a success
/// @param endpoint the `ip:port` of a direct path
/// @param derpRegionId the region of a relayed path
/// @param peerApiPort of an answer to a TSMP ping: where the peer's API listens
/// @param isLocalIp the address is this node's own
public record PingResult(
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
    String peerApiUrl,
    boolean isLocalIp) {
  public static final JsonType<PingResult> JSON =
      ObjectType.<PingResult, Builder>of(Builder::new, Builder::build)
          .always("IP", STRING, PingResult::ip, Builder::ip)
          .always("NodeIP", STRING, PingResult::nodeIp, Builder::nodeIp)
          .always("NodeName", STRING, PingResult::nodeName, Builder::nodeName)
          .always("Err", STRING, PingResult::err, Builder::err)
          .always("LatencySeconds", DOUBLE, PingResult::latencySeconds, Builder::latencySeconds)
          .always("Endpoint", STRING, PingResult::endpoint, Builder::endpoint)
          .always("PeerRelay", STRING, PingResult::peerRelay, Builder::peerRelay)
          .always("DERPRegionID", INT, PingResult::derpRegionId, Builder::derpRegionId)
          .always("DERPRegionCode", STRING, PingResult::derpRegionCode, Builder::derpRegionCode)
          .omit("PeerAPIPort", INT, PingResult::peerApiPort, Builder::peerApiPort)
          .omit("PeerAPIURL", STRING, PingResult::peerApiUrl, Builder::peerApiUrl)
          .omit("IsLocalIP", BOOL, PingResult::isLocalIp, Builder::isLocalIp)
          .build();

  public static Builder builder() {
    return new Builder();
  }

  /// Collects the components of a [PingResult].
  public static final class Builder {
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
    private String peerApiUrl = "";
    private boolean isLocalIp;

    private Builder() {}

    public Builder ip(String value) {
      ip = value;
      return this;
    }

    public Builder nodeIp(String value) {
      nodeIp = value;
      return this;
    }

    public Builder nodeName(String value) {
      nodeName = value;
      return this;
    }

    public Builder err(String value) {
      err = value;
      return this;
    }

    public Builder latencySeconds(double value) {
      latencySeconds = value;
      return this;
    }

    public Builder endpoint(String value) {
      endpoint = value;
      return this;
    }

    public Builder peerRelay(String value) {
      peerRelay = value;
      return this;
    }

    public Builder derpRegionId(int value) {
      derpRegionId = value;
      return this;
    }

    public Builder derpRegionCode(String value) {
      derpRegionCode = value;
      return this;
    }

    public Builder peerApiPort(int value) {
      peerApiPort = value;
      return this;
    }

    public Builder peerApiUrl(String value) {
      peerApiUrl = value;
      return this;
    }

    public Builder isLocalIp(boolean value) {
      isLocalIp = value;
      return this;
    }

    public PingResult build() {
      return new PingResult(
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
          peerApiUrl,
          isLocalIp);
    }
  }
}
