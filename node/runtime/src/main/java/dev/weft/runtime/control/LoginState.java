package dev.weft.runtime.control;

import dev.weft.tailcfg.Login;
import dev.weft.tailcfg.User;

/// Where a login stands.
public sealed interface LoginState {
  /// There is no session, and none is sought.
  record LoggedOut() implements LoginState {}

  /// A user has to open a page. Control is being asked meanwhile, and tells when that is done.
  record AwaitingUser(String authUrl) implements LoginState {}

  /// The node key is registered.
  record LoggedIn(User user, Login login) implements LoginState {}
}
