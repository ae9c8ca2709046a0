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

  /// Whether a reported duplicate is only the probe, which tells nothing about reordering.
  boolean explains(int duplicateRight) {
    return isOutstanding && wasResend && duplicateRight == end;
  }

  /// Looks at an acknowledgment (RFC 8985 §7.4.2).
  ///
  /// @param mayBeDuplicate it moves nothing and carries neither data nor SACK blocks
  /// @return whether the segment that was sent again had been lost, and nothing else has told
  boolean repairedLoss(int ack, TcpView segment, boolean mayBeDuplicate) {
    if (!isOutstanding || Seq.before(ack, end)) {
      return false;
    }
    boolean bothArrived = segment.sackBlocks() > 0 && Seq.before(segment.sackLeft(0), ack);
    boolean beyond = Seq.before(end, ack);
    if (!wasResend || bothArrived) {
      isOutstanding = false;
      return false;
    }
    isOutstanding = !beyond && !mayBeDuplicate;
    return beyond;
  }
}
