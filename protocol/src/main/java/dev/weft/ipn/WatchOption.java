package dev.weft.ipn;

import java.util.EnumSet;
import java.util.Set;

/// What a watcher of the event stream asks for, one bit each of `mask` (`docs/protocol/services.md`
/// §6.3).
public enum WatchOption {
  /// Also [Notify#engine].
  ENGINE_UPDATES(0),
  INITIAL_STATE(1),
  INITIAL_PREFS(2),
  INITIAL_NET_MAP(3),
  /// Without effect: private keys are never on the stream.
  NO_PRIVATE_KEYS(4),
  INITIAL_DRIVE_SHARES(5),
  INITIAL_OUTGOING_FILES(6),
  INITIAL_HEALTH_STATE(7),
  RATE_LIMIT(8),
  HEALTH_ACTIONS(9),
  INITIAL_SUGGESTED_EXIT_NODE(10),
  INITIAL_CLIENT_VERSION(11),
  PEER_CHANGES(12),
  NO_NET_MAP(13),
  INITIAL_STATUS(14),
  PEER_PATCHES(15),
  /// For watchers inside the daemon's own process; refused on the socket.
  IN_PROCESS_NO_DISCONNECT(16),
  SYS_POLICY_CHANGES(17),
  PEER_WIREGUARD_STATE(18);

  private static final WatchOption[] ALL = values();
  private final long bit;

  WatchOption(int number) {
    bit = 1L << number;
  }

  public static Set<WatchOption> ofMask(long mask) {
    Set<WatchOption> options = EnumSet.noneOf(WatchOption.class);
    for (WatchOption option : ALL) {
      if ((mask & option.bit) != 0) {
        options.add(option);
      }
    }
    return options;
  }

  public static long mask(WatchOption... options) {
    long mask = 0;
    for (WatchOption option : options) {
      mask |= option.bit;
    }
    return mask;
  }
}
