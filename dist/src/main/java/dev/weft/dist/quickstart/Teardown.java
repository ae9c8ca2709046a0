package dev.weft.dist.quickstart;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/// What to close, last started first; runs once, from the shutdown hook or from a failed start.
final class Teardown {
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Consumer<String> notices;

  Teardown(Consumer<String> notices) {
    this.notices = notices;
  }

  synchronized void add(AutoCloseable resource) {
    open.push(resource);
  }

  synchronized void run() {
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        // The rest must be closed all the same, and the process is about to end: say it and go on.
        notices.accept("while stopping: " + e.getMessage());
      }
    }
  }
}
