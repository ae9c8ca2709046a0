package dev.weft.netstack;

/// CUBIC congestion control (RFC 9438), in bytes and nanoseconds, with slow start (RFC 5681) ended
/// early by [HyStart].
final class Cubic {
  /// RFC 9438 §4.6: the multiplicative decrease.
  private static final double BETA = 0.7;

  /// RFC 9438 §5.1, in segments per second cubed.
  private static final double C = 0.4;

  /// RFC 6928.
  private static final int INITIAL_WINDOW_SEGMENTS = 10;

  private static final int MAX_WINDOW = 1 << 28;
  private static final double NANOS = 1e9;

  private final HyStart hyStart = new HyStart();
  private int mss;
  private int window;
  private int threshold = MAX_WINDOW;
  private double windowMax;

  /// cwnd_prior: the window before the last reduction, in segments.
  private double priorWindow;

  private double k;
  private long epochStart = -1;
  private double estimate;
  private double growth;

  private boolean saved;
  private int savedWindow;
  private int savedThreshold;
  private double savedWindowMax;
  private double savedPrior;
  private double savedK;
  private long savedEpoch;
  private double savedEstimate;

  /// Begins with the initial window.
  void start(int segmentSize) {
    mss = segmentSize;
    // RFC 6928 §2.
    window = Math.min(INITIAL_WINDOW_SEGMENTS * mss, Math.max(2 * mss, 14600));
  }

  int window() {
    return window;
  }

  int threshold() {
    return threshold;
  }

  boolean inSlowStart() {
    return window < threshold;
  }

  void setMss(int bytes) {
    mss = bytes;
  }

  /// New data was acknowledged outside of recovery while the window was what limited sending.
  ///
  /// @param latestRtt of this acknowledgment, or 0 when it gives none
  void acknowledged(
      long now, int bytes, int ackSeq, int nextSeq, long latestRtt, long smoothedRtt) {
    int left = bytes;
    if (inSlowStart()) {
      left = slowStart(bytes, ackSeq, nextSeq, latestRtt);
    }
    if (left > 0 && !inSlowStart()) {
      avoidCongestion(now, left, smoothedRtt);
    }
  }

  private int slowStart(int bytes, int ackSeq, int nextSeq, long latestRtt) {
    if (hyStart.acknowledged(ackSeq, nextSeq, latestRtt)) {
      threshold = window;
      priorWindow = (double) window / mss;
      return bytes;
    }
    int increase = Math.min(hyStart.growth(bytes, mss), threshold - window);
    window = Math.min(window + increase, MAX_WINDOW);
    return inSlowStart() ? 0 : bytes - increase;
  }

  /// RFC 9438 §4.2 to §4.5.
  private void avoidCongestion(long now, int bytes, long smoothedRtt) {
    double segments = (double) window / mss;
    if (epochStart < 0) {
      epochStart = now;
      windowMax = Math.max(windowMax, segments);
      k = Math.cbrt((windowMax - segments) / C);
      estimate = segments;
      growth = 0;
    }
    // §4.3: as Reno would grow; slower until it has made up for the gentler decrease.
    double alpha = estimate < priorWindow ? 3 * (1 - BETA) / (1 + BETA) : 1;
    estimate += alpha * bytes / window;
    if (cubic(now - epochStart) < estimate) {
      window = Math.min(Math.max(window, (int) (estimate * mss)), MAX_WINDOW);
      return;
    }
    double wanted = cubic(now - epochStart + smoothedRtt);
    double target = Math.min(Math.max(wanted, segments), 1.5 * segments);
    growth += (target - segments) / segments * bytes;
    if (growth >= 1) {
      int whole = (int) growth;
      growth -= whole;
      window = Math.min(window + whole, MAX_WINDOW);
    }
  }

  /// W_cubic (RFC 9438 §4.2, figure 1).
  private double cubic(long elapsed) {
    double t = elapsed / NANOS - k;
    return C * t * t * t + windowMax;
  }

  /// Loss was found: the threshold falls; the window follows in recovery (RFC 9438 §4.6 and §4.7).
  void congestion() {
    double segments = (double) window / mss;
    priorWindow = segments;
    // Fast convergence: a flow that shrinks leaves room for new ones.
    windowMax = segments < windowMax ? segments * (1 + BETA) / 2 : segments;
    threshold = Math.max((int) (window * BETA), 2 * mss);
    epochStart = -1;
    hyStart.finish();
  }

  /// A retransmission timeout (RFC 9438 §4.8): the cubic begins anew where slow start ends. The
  /// caller sets the window.
  void timeout() {
    congestion();
    windowMax = 0;
  }

  /// The state before a reduction that proves to have been for nothing (RFC 9438 §4.9).
  void save() {
    saved = true;
    savedWindow = window;
    savedThreshold = threshold;
    savedWindowMax = windowMax;
    savedPrior = priorWindow;
    savedK = k;
    savedEpoch = epochStart;
    savedEstimate = estimate;
  }

  void undo() {
    if (!saved) {
      return;
    }
    saved = false;
    window = Math.max(window, savedWindow);
    threshold = Math.max(threshold, savedThreshold);
    windowMax = savedWindowMax;
    priorWindow = savedPrior;
    k = savedK;
    epochStart = savedEpoch;
    estimate = savedEstimate;
  }

  void setWindow(int bytes) {
    window = Math.max(bytes, mss);
  }

  /// After an idle period of `timeouts` RTOs the old window says little about the path (RFC 7661,
  /// as Linux): halve for each.
  void idle(long timeouts) {
    int restart = INITIAL_WINDOW_SEGMENTS * mss;
    if (window > restart) {
      threshold = Math.max(threshold, window / 4 * 3);
      window = Math.max(restart, window >> (int) Math.min(timeouts, 30));
    }
    epochStart = -1;
  }
}
