package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.INT;
import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.TIME;
import static dev.weft.json.JsonTypes.ZERO_TIME;
import static dev.weft.tailcfg.WireTypes.BYTES;
import static dev.weft.tailcfg.WireTypes.NODE_KEY;

import dev.weft.base.Bytes;
import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import dev.weft.keys.NodeKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// `POST /machine/register`, `docs/protocol/control.md` §4.1.
///
/// @param version capability version of the client
/// @param oldNodeKey the previous key; it persists and does not mean that a rotation is in progress
/// @param expiry requested key expiry; one in the past is a logout
/// @param followup the AuthURL being waited for
public record RegisterRequest(
    int version,
    NodeKey nodeKey,
    @Nullable NodeKey oldNodeKey,
    String nlKey,
    @Nullable RegisterAuth auth,
    @Nullable Instant expiry,
    String followup,
    @Nullable Hostinfo hostinfo,
    boolean ephemeral,
    @Nullable Bytes nodeKeySignature,
    String tailnet) {

  public static final JsonType<RegisterRequest> JSON =
      ObjectType.<RegisterRequest, Builder>of(Builder::new, Builder::build)
          .always("Version", INT, RegisterRequest::version, Builder::version)
          .always("NodeKey", NODE_KEY, RegisterRequest::nodeKey, Builder::nodeKey)
          .always(
              "OldNodeKey",
              NODE_KEY,
              r -> r.oldNodeKey() == null ? NodeKey.ZERO : r.oldNodeKey(),
              Builder::oldNodeKey)
          .always("NLKey", STRING, RegisterRequest::nlKey, Builder::nlKey)
          .omit("Auth", RegisterAuth.JSON, RegisterRequest::auth, Builder::auth)
          .always("Expiry", TIME, r -> r.expiry() == null ? ZERO_TIME : r.expiry(), Builder::expiry)
          .always("Followup", STRING, RegisterRequest::followup, Builder::followup)
          .always("Hostinfo", Hostinfo.JSON, RegisterRequest::hostinfo, Builder::hostinfo)
          .omit("Ephemeral", BOOL, RegisterRequest::ephemeral, Builder::ephemeral)
          .always(
              "NodeKeySignature",
              BYTES,
              RegisterRequest::nodeKeySignature,
              Builder::nodeKeySignature)
          .omit("Tailnet", STRING, RegisterRequest::tailnet, Builder::tailnet)
          .build();

  public static Builder builder() {
    return new Builder();
  }

  /// The tailnet-lock key of a node that has none.
  public static final String NO_LOCK_KEY = "nlpub:" + "0".repeat(64);

  public Builder toBuilder() {
    return new Builder()
        .version(version)
        .nodeKey(nodeKey)
        .oldNodeKey(oldNodeKey)
        .nlKey(nlKey)
        .auth(auth)
        .expiry(expiry)
        .followup(followup)
        .hostinfo(hostinfo)
        .ephemeral(ephemeral)
        .nodeKeySignature(nodeKeySignature)
        .tailnet(tailnet);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private int version;
    private NodeKey nodeKey = NodeKey.ZERO;
    private @Nullable NodeKey oldNodeKey;
    private String nlKey = NO_LOCK_KEY;
    private @Nullable RegisterAuth auth;
    private @Nullable Instant expiry;
    private String followup = "";
    private @Nullable Hostinfo hostinfo;
    private boolean ephemeral;
    private @Nullable Bytes nodeKeySignature;
    private String tailnet = "";

    private Builder() {}

    public Builder version(int version) {
      this.version = version;
      return this;
    }

    public Builder nodeKey(NodeKey nodeKey) {
      this.nodeKey = nodeKey;
      return this;
    }

    public Builder oldNodeKey(@Nullable NodeKey oldNodeKey) {
      this.oldNodeKey = oldNodeKey;
      return this;
    }

    public Builder nlKey(String nlKey) {
      this.nlKey = nlKey;
      return this;
    }

    public Builder auth(@Nullable RegisterAuth auth) {
      this.auth = auth;
      return this;
    }

    public Builder expiry(@Nullable Instant expiry) {
      this.expiry = expiry;
      return this;
    }

    public Builder followup(String followup) {
      this.followup = followup;
      return this;
    }

    public Builder hostinfo(@Nullable Hostinfo hostinfo) {
      this.hostinfo = hostinfo;
      return this;
    }

    public Builder ephemeral(boolean ephemeral) {
      this.ephemeral = ephemeral;
      return this;
    }

    public Builder nodeKeySignature(@Nullable Bytes nodeKeySignature) {
      this.nodeKeySignature = nodeKeySignature;
      return this;
    }

    public Builder tailnet(String tailnet) {
      this.tailnet = tailnet;
      return this;
    }

    public RegisterRequest build() {
      return new RegisterRequest(
          version,
          nodeKey,
          oldNodeKey,
          nlKey,
          auth,
          expiry,
          followup,
          hostinfo,
          ephemeral,
          nodeKeySignature,
          tailnet);
    }
  }
}
