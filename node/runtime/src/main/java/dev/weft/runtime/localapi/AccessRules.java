package dev.weft.runtime.localapi;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.Optional;

/// Decides what a caller may do from the user ID that the kernel gives (`docs/protocol/services.md`
/// §6.1).
final class AccessRules {
  private static final int ROOT = 0;
  private final int ownUid;

  AccessRules(int ownUid) {
    this.ownUid = ownUid;
  }

  /// The rules for the user that this process runs as.
  static AccessRules ofThisProcess() throws IOException {
    return new AccessRules((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
  }

  /// @param operator the name of the user who may change the node; empty for nobody
  Access of(int uid, String operator) {
    if (isOwner(uid)) {
      return Access.FULL;
    }
    return isUser(uid, operator) ? Access.OPERATOR : Access.READ_ONLY;
  }

  /// Whether it is root or the daemon's own user. Unlike [#of] this asks nobody and never blocks.
  boolean isOwner(int uid) {
    return uid == ROOT || uid == ownUid;
  }

  /// Whether the name belongs to the ID. Principals compare by ID, whatever name they were found
  /// by.
  private static boolean isUser(int uid, String name) {
    if (name.isEmpty()) {
      return false;
    }
    Optional<UserPrincipal> operator = principal(name);
    return operator.isPresent() && operator.equals(principal(Integer.toString(uid)));
  }

  private static Optional<UserPrincipal> principal(String name) {
    UserPrincipalLookupService users = FileSystems.getDefault().getUserPrincipalLookupService();
    try {
      return Optional.of(users.lookupPrincipalByName(name));
    } catch (IOException _) { // no such user
      return Optional.empty();
    }
  }
}
