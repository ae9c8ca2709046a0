package dev.weft.runtime.control;

import java.io.IOException;
import java.time.Duration;

/// Nothing came for too long: the connection may be dead without anybody having said so.
final class SilenceException extends IOException {
  private static final long serialVersionUID = 1L;

  SilenceException(Duration silence) {
    super("nothing came from control for " + silence.toSeconds() + " s");
  }
}
