package dev.weft.ipn;

import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.TIME;

import dev.weft.json.JsonType;
import dev.weft.json.JsonTypes;
import dev.weft.json.ObjectType;
import dev.weft.tailcfg.UserProfile;
import java.time.Instant;

/// One of the logins that a node has.
///
/// @param id names it on this machine; empty before the first login
/// @param name what its user calls it, or the user's login name
/// @param key where the original keeps it; of no use to clients
/// @param created when it was made; [JsonTypes#ZERO_TIME] when that is not known
public record LoginProfile(
    String id,
    String name,
    NetworkProfile networkProfile,
    String key,
    UserProfile userProfile,
    String nodeId,
    String controlUrl,
    Instant created) {

  /// The tailnet of a login.
  public record NetworkProfile(String magicDnsName, String domainName, String displayName) {
    static final NetworkProfile NONE = new NetworkProfile("", "", "");

    static final JsonType<NetworkProfile> JSON =
        ObjectType.<NetworkProfile, Builder>of(Builder::new, Builder::build)
            .always(
                "MagicDNSName", STRING, NetworkProfile::magicDnsName, (b, v) -> b.magicDnsName = v)
            .always("DomainName", STRING, NetworkProfile::domainName, (b, v) -> b.domainName = v)
            .always("DisplayName", STRING, NetworkProfile::displayName, (b, v) -> b.displayName = v)
            .build();

    /// What people know the tailnet by.
    public String displayNameOrDefault() {
      return displayName.isEmpty() ? domainName : displayName;
    }

    private static final class Builder {
      private String magicDnsName = "";
      private String domainName = "";
      private String displayName = "";

      private NetworkProfile build() {
        return new NetworkProfile(magicDnsName, domainName, displayName);
      }
    }
  }

  public static final JsonType<LoginProfile> JSON =
      ObjectType.<LoginProfile, Builder>of(Builder::new, Builder::build)
          .always("ID", STRING, LoginProfile::id, (b, v) -> b.id = v)
          .always("Name", STRING, LoginProfile::name, (b, v) -> b.name = v)
          .always(
              "NetworkProfile",
              NetworkProfile.JSON,
              LoginProfile::networkProfile,
              (b, v) -> b.networkProfile = v)
          .always("Key", STRING, LoginProfile::key, (b, v) -> b.key = v)
          .always(
              "UserProfile",
              UserProfile.JSON,
              LoginProfile::userProfile,
              (b, v) -> b.userProfile = v)
          .always("NodeID", STRING, LoginProfile::nodeId, (b, v) -> b.nodeId = v)
          .always("LocalUserID", STRING, _ -> "", (_, _) -> {})
          .always("ControlURL", STRING, LoginProfile::controlUrl, (b, v) -> b.controlUrl = v)
          .always("Created", TIME, LoginProfile::created, (b, v) -> b.created = v)
          .build();

  private static final class Builder {
    private String id = "";
    private String name = "";
    private NetworkProfile networkProfile = NetworkProfile.NONE;
    private String key = "";
    private UserProfile userProfile = UserProfile.builder().build();
    private String nodeId = "";
    private String controlUrl = "";
    private Instant created = JsonTypes.ZERO_TIME;

    private LoginProfile build() {
      return new LoginProfile(
          id, name, networkProfile, key, userProfile, nodeId, controlUrl, created);
    }
  }
}
