package dev.weft.netstack;

/// How much is sent during one recovery (RFC 9937): so paced by what arrives that the recovery ends
/// with as much in flight as the congestion control wants.
final class ProportionalReduction {
  /// RecoverFS: what the acknowledgments of the recovery will tell of.
  private int flight = 1;

  /// prr_delivered and prr_out.
  private long delivered;

  private long sent;

  /// A recovery begins (§6.1).
  ///
  /// @param inFlight bytes sent and not known to have arrived before the acknowledgment that began
  ///   it
  void begin(int inFlight) {
    flight = Math.max(inFlight, 1);
    delivered = 0;
    sent = 0;
  }

  void sent(int bytes) {
    sent += bytes;
  }

  /// One acknowledgment (§6.2).
  ///
  /// @param arrived bytes that it tells of
  /// @param safe SND.UNA moved and nothing more was found lost
  /// @return what may be sent now beyond what is in the network
  int acknowledged(int arrived, boolean safe, int pipe, int threshold, int mss) {
    delivered += arrived;
    long send;
    if (arrived == 0) {
      send = 0;
    } else if (pipe > threshold) {
      send = (delivered * threshold + flight - 1) / flight - sent;
    } else {
      send = Math.max(delivered - sent, arrived) + (safe ? mss : 0);
      send = Math.min(threshold - pipe, send);
    }
    // The first retransmission goes out at once.
    return sent == 0 ? (int) Math.max(send, mss) : (int) Math.max(send, 0);
  }
}
