package dev.weft.tailcfg;

/// Capability versions: the number by which a client says what a server may rely on,
/// `docs/protocol/control.md` §6.
public final class CapabilityVersion {
  /// The version that our nodes announce: every behaviour up to it is implemented (v1.80 of the
  /// official client), and it is the oldest that servers of today accept.
  public static final int CURRENT = 113;

  /// The oldest client that our control plane serves. It lets the server leave out every legacy
  /// form.
  public static final int OLDEST_SUPPORTED = 113;

  private CapabilityVersion() {}
}
