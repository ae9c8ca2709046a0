package dev.weft.runtime.control;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Control was not reached, or did not do what was asked. The message is one line for a user.
public final class ControlException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean needsUser;
  private final @Nullable Duration retryAfter;

  private ControlException(
      String message, @Nullable Throwable cause, boolean needsUser, @Nullable Duration retryAfter) {
    super(message, cause);
    this.needsUser = needsUser;
    this.retryAfter = retryAfter;
  }

  static ControlException of(String message) {
    return new ControlException(message, null, false, null);
  }

  static ControlException of(String message, Throwable cause) {
    return new ControlException(message, cause, false, null);
  }

  /// Trying again will not help.
  static ControlException needingUser(String message) {
    return new ControlException(message, null, true, null);
  }

  static ControlException retryAfter(String message, Duration wait) {
    return new ControlException(message, null, false, wait);
  }

  /// Whether somebody has to do something.
  public boolean needsUser() {
    return needsUser;
  }

  /// How long the server wants to be left alone, if it said so.
  @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
