package dev.weft.wireguard;

/// The caller's small number for a peer. Numbers are indices: they start at zero, and one may be
/// used again once its peer was removed.
public record PeerId(int value) {
  /// More peers than any tailnet has; a bound for the table.
  public static final int MAX = (1 << 20) - 1;

  public PeerId {
    if (value < 0 || value > MAX) {
      throw new IllegalArgumentException("peer number out of range: " + value);
    }
  }
}
