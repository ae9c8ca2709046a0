package dev.weft.runtime.state;

import java.io.IOException;

/// The state folder cannot be used. The message is one line that says what is wrong and what to do
/// about it.
public final class StateException extends IOException {
  private static final long serialVersionUID = 1;

  private final boolean damage;

  StateException(String message) {
    this(message, false);
  }

  private StateException(String message, boolean damage) {
    super(message);
    this.damage = damage;
  }

  /// What is stored is there and makes no sense.
  static StateException damage(String message) {
    return new StateException(message, true);
  }

  StateException(String message, IOException cause) {
    super(message + ": " + reason(cause), cause);
    this.damage = false;
  }

  /// Whether the state itself is what is wrong: another start would find it so again.
  public boolean isDamage() {
    return damage;
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
