package dev.weft.runtime.state;

import java.io.IOException;

/// The state folder cannot be used. The message is one line that says what is wrong and what to do
/// about it.
public final class StateException extends IOException {
  private static final long serialVersionUID = 1;

  StateException(String message) {
    super(message);
  }

  StateException(String message, IOException cause) {
    super(message + ": " + reason(cause), cause);
  }

  /// `IOException`s of `java.nio.file` carry the bare path as their message.
  private static String reason(IOException cause) {
    return switch (cause) {
      case java.nio.file.AccessDeniedException _ -> "permission denied";
      case java.nio.file.NoSuchFileException _ -> "no such file or folder";
      case java.nio.file.FileSystemException e when e.getReason() != null -> e.getReason();
      default -> String.valueOf(cause.getMessage());
    };
  }
}
