package dev.weft.relay;

import java.io.IOException;

/// The relay cannot start. The message says what failed and what to do, in one line for a terminal.
public final class RelayException extends IOException {
  private static final long serialVersionUID = 1;

  RelayException(String message) {
    super(message);
  }

  RelayException(String message, Throwable cause) {
    super(message, cause);
  }
}
