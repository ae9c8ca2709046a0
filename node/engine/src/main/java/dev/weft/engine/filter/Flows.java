package dev.weft.engine.filter;

import java.util.LinkedHashMap;
import java.util.Map;

/// The UDP and SCTP flows that this node opened, the latest [#LIMIT] of them: answers to them may
/// come in.
final class Flows {
  static final int LIMIT = 512;

  private final Map<Flow, Boolean> recent =
      new LinkedHashMap<>(2 * LIMIT, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Flow, Boolean> eldest) {
          return size() > LIMIT;
        }
      };

  /// Addresses as two longs, IPv4 mapped.
  record Flow(
      int protocol,
      long localHigh,
      long localLow,
      int localPort,
      long remoteHigh,
      long remoteLow,
      int remotePort) {
    @Override
    public int hashCode() {
      long mixed = (localLow ^ Long.rotateLeft(remoteLow, 21)) * 31 + (localHigh ^ remoteHigh);
      mixed = (mixed ^ (long) localPort << 32 ^ remotePort ^ protocol) * 0x9e37_79b9_7f4a_7c15L;
      return (int) (mixed >>> 32);
    }
  }

  void opened(Flow flow) {
    recent.put(flow, Boolean.TRUE);
  }

  boolean isOpen(Flow flow) {
    return recent.get(flow) != null;
  }
}
