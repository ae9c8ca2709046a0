package dev.weft.serve;

/// Whether a transfer that a client has to keep going moves at all: the bytes of one window of
/// time, told by a count that only grows. A byte now and then is how connections are held cheaply;
/// a rate below this one is of no use to anybody.
final class Pace {
  /// In each window of 30 seconds: 136 bytes a second. A client that was cut off for most of a
  /// window, or loses one packet in five, is far above it.
  static final int LEAST = 4096;

  private long from;

  void begin(long count) {
    from = count;
  }

  /// Judges a window that has passed and begins the next.
  boolean isKept(long count) {
    boolean kept = count - from >= LEAST;
    from = count;
    return kept;
  }
}
