package dev.weft.cli;

import java.io.Serial;

/// A command ends here. The message is what the user reads, complete; empty where all has been
/// said.
final class Failure extends Exception {
  @Serial private static final long serialVersionUID = 1L;
  static final int FAILED = 1;
  static final int USAGE = 2;

  private final String message;
  private final int exitCode;

  private Failure(String message, int exitCode) {
    super(message);
    this.message = message;
    this.exitCode = exitCode;
  }

  static Failure of(String message) {
    return new Failure(message, FAILED);
  }

  /// The command line itself is wrong.
  static Failure usage(String message) {
    return new Failure(message, USAGE);
  }

  /// What went wrong stands on standard output already.
  static Failure silent() {
    return new Failure("", FAILED);
  }

  int exitCode() {
    return exitCode;
  }

  @Override
  public String getMessage() {
    return message;
  }
}
