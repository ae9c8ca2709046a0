package dev.weft.runtime.localapi;

import dev.weft.ipn.LoginProfile;
import java.util.List;

/// The logins that this node has, of which one is in use.
public interface LocalProfiles {
  /// Those with a login, in the order they were made.
  List<LoginProfile> all();

  /// The one in use; without an ID before its first login.
  LoginProfile current();

  /// Puts the login in use aside and begins a new one, with settings of its own.
  ///
  /// @throws BackendException when it cannot be kept
  void begin() throws BackendException;

  /// Puts the login in use aside and takes up another where it stood.
  ///
  /// @throws BackendException when there is no such login, or it cannot be kept
  void use(String id) throws BackendException;

  /// Forgets a login here. The one in use is logged out of in this way too, without telling
  /// control.
  ///
  /// @throws BackendException when there is no such login, or it cannot be kept
  void delete(String id) throws BackendException;
}
