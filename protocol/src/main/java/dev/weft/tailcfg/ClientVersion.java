package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.STRING;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;

/// What the control plane knows about newer client versions, `docs/protocol/control.md` §5.3.
public record ClientVersion(
    boolean runningLatest,
    String latestVersion,
    boolean urgentSecurityUpdate,
    boolean notifyUser,
    String notifyUrl,
    String notifyText) {

  public static final JsonType<ClientVersion> JSON =
      ObjectType.<ClientVersion, Builder>of(Builder::new, Builder::build)
          .omit("RunningLatest", BOOL, ClientVersion::runningLatest, Builder::runningLatest)
          .omit("LatestVersion", STRING, ClientVersion::latestVersion, Builder::latestVersion)
          .omit(
              "UrgentSecurityUpdate",
              BOOL,
              ClientVersion::urgentSecurityUpdate,
              Builder::urgentSecurityUpdate)
          .omit("Notify", BOOL, ClientVersion::notifyUser, Builder::notifyUser)
          .omit("NotifyURL", STRING, ClientVersion::notifyUrl, Builder::notifyUrl)
          .omit("NotifyText", STRING, ClientVersion::notifyText, Builder::notifyText)
          .build();

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder()
        .runningLatest(runningLatest)
        .latestVersion(latestVersion)
        .urgentSecurityUpdate(urgentSecurityUpdate)
        .notifyUser(notifyUser)
        .notifyUrl(notifyUrl)
        .notifyText(notifyText);
  }

  /// Everything not set is absent.
  public static final class Builder {
    private boolean runningLatest;
    private String latestVersion = "";
    private boolean urgentSecurityUpdate;
    private boolean notifyUser;
    private String notifyUrl = "";
    private String notifyText = "";

    private Builder() {}

    public Builder runningLatest(boolean runningLatest) {
      this.runningLatest = runningLatest;
      return this;
    }

    public Builder latestVersion(String latestVersion) {
      this.latestVersion = latestVersion;
      return this;
    }

    public Builder urgentSecurityUpdate(boolean urgentSecurityUpdate) {
      this.urgentSecurityUpdate = urgentSecurityUpdate;
      return this;
    }

    public Builder notifyUser(boolean notifyUser) {
      this.notifyUser = notifyUser;
      return this;
    }

    public Builder notifyUrl(String notifyUrl) {
      this.notifyUrl = notifyUrl;
      return this;
    }

    public Builder notifyText(String notifyText) {
      this.notifyText = notifyText;
      return this;
    }

    public ClientVersion build() {
      return new ClientVersion(
          runningLatest, latestVersion, urgentSecurityUpdate, notifyUser, notifyUrl, notifyText);
    }
  }
}
