package dev.weft.runtime.localapi;

import java.io.IOException;
import java.io.Serial;

/// The backend does not do what was asked. The message is one line for the person who asked: what
/// is wrong and, where that is known, what to do.
public final class BackendException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final String message;

  public BackendException(String message) {
    super(message);
    this.message = message;
  }

  @Override
  public String getMessage() {
    return message;
  }
}
