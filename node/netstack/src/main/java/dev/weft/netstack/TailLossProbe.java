package dev.weft.netstack;

import dev.weft.packet.TcpView;

/// The one tail loss probe that may be outstanding, and what its acknowledgment says (RFC 8985
/// §7.4).
final class TailLossProbe {
  private boolean isOutstanding;
  private boolean wasResend;
  private int end;

  /// @param nextSeq SND.NXT after the probe
  void sent(boolean resend, int nextSeq) {
    isOutstanding = true;
    wasResend = resend;
    end = nextSeq;
  }

  void cancel() {
    isOutstanding = false;
  }

  boolean isOutstanding() {
    return isOutstanding;
  }

  /// Looks at an acknowledgment.
  ///
  /// @param allAcknowledged nothing is in flight any more
  /// @return whether the segment that was sent again had been lost, and nothing else has told
  boolean repairedLoss(int ack, TcpView segment, boolean allAcknowledged) {
    if (!isOutstanding || Seq.before(ack, end)) {
      return false;
    }
    boolean bothArrived = segment.sackBlocks() > 0 && Seq.before(segment.sackLeft(0), ack);
    if (!wasResend || bothArrived) {
      isOutstanding = false;
      return false;
    }
    boolean beyond = Seq.before(end, ack);
    isOutstanding = !beyond && !allAcknowledged;
    return beyond;
  }
}
