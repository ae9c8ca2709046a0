package dev.weft.netstack;

import dev.weft.packet.TcpView;

/// Whether the retransmissions since the last recovery or timeout began were for nothing: then what
/// they did to the congestion window is taken back.
///
/// Two signs count. An acknowledgment that moves on and echoes a time before the first
/// retransmission is for the original (Eifel, RFC 3522); or the peer reports every retransmission
/// as a duplicate (RFC 3708).
final class Spurious {
  /// More retransmissions than that in one recovery are too many to be all for nothing.
  private static final int MOST = 16;

  private final int[] starts = new int[MOST];
  private int resent;
  private int reported;
  private boolean hasStamp;
  private int stamp;

  void begin() {
    resent = 0;
    reported = 0;
    hasStamp = false;
  }

  /// @param timestamp the TSval it carries; 0 when there are none
  void resent(int start, int timestamp) {
    if (resent == 0 && timestamp != 0) {
      hasStamp = true;
      stamp = timestamp;
    }
    if (resent < MOST) {
      starts[resent] = start;
    }
    resent++;
  }

  /// A duplicate that starts at `left` has reached the peer.
  ///
  /// @return whether with it all retransmissions proved to be duplicates
  boolean duplicateReported(int left) {
    if (resent == 0 || resent > MOST) {
      return false;
    }
    for (int i = reported; i < resent; i++) {
      if (starts[i] == left) {
        starts[i] = starts[reported];
        starts[reported] = left;
        reported++;
        return reported == resent;
      }
    }
    return false;
  }

  /// An acknowledgment that moves SND.UNA; only the first one after the first retransmission tells.
  ///
  /// @return whether it is for what was sent first
  boolean isForOriginal(TcpView segment) {
    if (!hasStamp || !segment.hasTimestamps() || segment.timestampEcho() == 0) {
      return false;
    }
    hasStamp = false;
    return Seq.before(segment.timestampEcho(), stamp);
  }
}
