package dev.weft.dist;

import java.io.IOException;
import java.io.InputStream;

/// Ends this process when the one that started it is gone, if that one asked for it.
///
/// The parent keeps a pipe open as our standard input; its end means that the parent ended, however
/// that happened.
final class ParentWatch {
  private ParentWatch() {}

  static void startIfAsked() {
    if (System.getenv("WEFT_EXIT_WITH_PARENT") == null) {
      return;
    }
    Thread.ofPlatform().daemon().name("parent-watch").start(() -> awaitEnd(System.in));
  }

  private static void awaitEnd(InputStream in) {
    try {
      while (in.read() >= 0) {
        // Nothing is ever sent.
      }
    } catch (IOException e) {
      // A broken pipe is an end too.
    }
    System.exit(0);
  }
}
