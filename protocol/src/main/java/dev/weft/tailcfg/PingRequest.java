package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.tailcfg.WireTypes.BYTES;
import static dev.weft.tailcfg.WireTypes.IP;

import dev.weft.base.Bytes;
import dev.weft.base.Ip;
import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import org.jspecify.annotations.Nullable;

/// A question of the control plane to a node, `docs/protocol/control.md` §3.3.
///
/// @param types empty, `c2n`, or a list of ping types
public record PingRequest(
    String url,
    boolean urlIsNoise,
    boolean log,
    String types,
    @Nullable Ip ip,
    @Nullable Bytes payload) {

  public static final JsonType<PingRequest> JSON =
      ObjectType.<PingRequest, Builder>of(Builder::new, Builder::build)
          .always("URL", STRING, PingRequest::url, Builder::url)
          .omit("URLIsNoise", BOOL, PingRequest::urlIsNoise, Builder::urlIsNoise)
          .omit("Log", BOOL, PingRequest::log, Builder::log)
          .omit("Types", STRING, PingRequest::types, Builder::types)
          .omit("IP", IP, PingRequest::ip, Builder::ip)
          .omit("Payload", BYTES, PingRequest::payload, Builder::payload)
          .build();

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder()
        .url(url)
        .urlIsNoise(urlIsNoise)
        .log(log)
        .types(types)
        .ip(ip)
        .payload(payload);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private String url = "";
    private boolean urlIsNoise;
    private boolean log;
    private String types = "";
    private @Nullable Ip ip;
    private @Nullable Bytes payload;

    private Builder() {}

    public Builder url(String url) {
      this.url = url;
      return this;
    }

    public Builder urlIsNoise(boolean urlIsNoise) {
      this.urlIsNoise = urlIsNoise;
      return this;
    }

    public Builder log(boolean log) {
      this.log = log;
      return this;
    }

    public Builder types(String types) {
      this.types = types;
      return this;
    }

    public Builder ip(@Nullable Ip ip) {
      this.ip = ip;
      return this;
    }

    public Builder payload(@Nullable Bytes payload) {
      this.payload = payload;
      return this;
    }

    public PingRequest build() {
      return new PingRequest(url, urlIsNoise, log, types, ip, payload);
    }
  }
}
