package dev.weft.runtime.control;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Repeats a step until the client is closed. An interrupt means that something else is wanted now.
final class Loop implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
  private static final Duration AFTER_A_DEFECT = Duration.ofSeconds(10);

  private final Standing standing;
  private final Step step;

  Loop(Standing standing, Step step) {
    this.standing = standing;
    this.step = step;
  }

  interface Step {
    /// Waits for something to do, and does it.
    void run() throws InterruptedException;

    /// What was being tried is no longer what is wanted.
    void interrupted();
  }

  @Override
  public void run() {
    while (!standing.isClosed()) {
      try {
        runStep();
      } catch (InterruptedException _) {
        step.interrupted();
      }
    }
  }

  private void runStep() throws InterruptedException {
    try {
      step.run();
    } catch (RuntimeException | StackOverflowError e) {
      // A defect, ours or the listener's. A node that never asks control again would be worse.
      LOG.error("the control client goes on after a defect", e);
      standing.rest(AFTER_A_DEFECT);
    }
  }
}
