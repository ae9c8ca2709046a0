package dev.weft.cli;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/// Closes a connection when its time is over, so that whoever reads it stops waiting.
final class Deadline implements AutoCloseable {
  private final Thread timer;
  private volatile boolean passed;

  private Deadline(Closeable connection, Duration timeout) {
    timer = Thread.ofPlatform().daemon().name("deadline").unstarted(() -> run(connection, timeout));
  }

  /// @param timeout zero or less for no limit
  static Deadline closing(Closeable connection, Duration timeout) {
    Deadline deadline = new Deadline(connection, timeout);
    if (timeout.isPositive()) {
      deadline.timer.start();
    }
    return deadline;
  }

  private void run(Closeable connection, Duration timeout) {
    try {
      Thread.sleep(timeout);
      passed = true;
      connection.close();
    } catch (InterruptedException | IOException _) {
      // in time, or closed already
    }
  }

  boolean hasPassed() {
    return passed;
  }

  /// The connection has been of use in time.
  @Override
  public void close() {
    timer.interrupt();
  }
}
