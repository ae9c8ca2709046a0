package dev.weft.runtime.localapi;

/// What a caller may do.
///
/// @param read look at the node: everybody on the machine
/// @param write change the node: root, the daemon's own user, the operator
/// @param admin have the daemon act with its own rights on files: root, and the daemon's own user,
///   whose files they are
record Access(boolean read, boolean write, boolean admin) {
  static final Access READ_ONLY = new Access(true, false, false);
  static final Access FULL = new Access(true, true, true);
  static final Access OPERATOR = new Access(true, true, false);
}
