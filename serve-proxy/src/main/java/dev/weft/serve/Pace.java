package dev.weft.serve;

/// Whether a transfer that a client has to keep going moves, judged by windows of time and a count
/// of bytes that only grows.
///
/// Usually any byte shows that it does: a log that is sent as it is written, a film that is paused.
/// A byte now and then is also how connections are held cheaply; so once there are many, a rate is
/// asked for below which a transfer is of no use to anybody.
final class Pace {
  /// In each window of 30 seconds: 136 bytes a second. A client that was cut off for most of a
  /// window, or loses one packet in five, is far above it.
  static final int LEAST = 4096;

  private final int rests;
  private long from;
  private int rested;

  private Pace(int rests) {
    this.rests = rests;
  }

  /// Of one who sends: in each window something has to come.
  static Pace ofSender() {
    return new Pace(0);
  }

  /// Of one who takes: it may rest for four windows, and begin anew with any byte.
  static Pace ofTaker() {
    return new Pace(3);
  }

  void begin(long count) {
    from = count;
    rested = 0;
  }

  /// Judges a window that has passed and begins the next.
  ///
  /// @param many whether there are so many that a rate is asked for
  boolean isKept(long count, boolean many) {
    long moved = count - from;
    from = count;
    rested = moved > 0 ? 0 : rested + 1;
    return many ? moved >= LEAST : rested <= rests;
  }
}
