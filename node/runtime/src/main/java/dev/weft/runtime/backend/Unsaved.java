package dev.weft.runtime.backend;

import dev.weft.runtime.state.StateException;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a disk that is full, broken or gone has kept from being saved: the latest of each kind, to
/// be tried again until it is.
///
/// Not thread-safe.
final class Unsaved {
  /// Writes one thing.
  @FunctionalInterface
  interface Write {
    void run() throws StateException;
  }

  private final Map<String, Write> waiting = new LinkedHashMap<>();

  /// Writes now. Replaces an earlier write of that kind that waits.
  ///
  /// @throws StateException when it waits from now on
  void write(String kind, Write write) throws StateException {
    waiting.put(kind, write);
    write.run();
    waiting.remove(kind);
  }

  /// Tries all of it again.
  void retry() throws StateException {
    for (Map.Entry<String, Write> entry : Map.copyOf(waiting).entrySet()) {
      write(entry.getKey(), entry.getValue());
    }
  }
}
