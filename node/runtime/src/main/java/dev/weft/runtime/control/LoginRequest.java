package dev.weft.runtime.control;

/// How to log in.
///
/// @param authKey empty for none
/// @param newNodeKey offer a new node key even if there is one: a forced re-authentication
/// @param ephemeral the node's state does not outlive its process
/// @param tailnet the tailnet to ask for, or empty
public record LoginRequest(String authKey, boolean newNodeKey, boolean ephemeral, String tailnet) {
  /// With the node key there is, as after a restart; without one a user will have to log in.
  public static LoginRequest resume() {
    return new LoginRequest("", false, false, "");
  }

  /// With an auth key, which is only used when the node key alone does not do.
  public static LoginRequest withAuthKey(String authKey) {
    return new LoginRequest(authKey, false, false, "");
  }

  /// By a user, with a new node key.
  public static LoginRequest interactive() {
    return new LoginRequest("", true, false, "");
  }

  /// The same for a node that is forgotten when it leaves.
  public LoginRequest asEphemeral() {
    return new LoginRequest(authKey, newNodeKey, true, tailnet);
  }

  @Override
  public String toString() {
    return "LoginRequest[authKey="
        + (authKey.isEmpty() ? "none" : "[redacted]")
        + ", newNodeKey="
        + newNodeKey
        + ", ephemeral="
        + ephemeral
        + ", tailnet="
        + tailnet
        + "]";
  }
}
