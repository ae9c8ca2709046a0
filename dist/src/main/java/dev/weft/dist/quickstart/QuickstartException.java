package dev.weft.dist.quickstart;

/// Why the quickstart cannot go on; the message is for the user and says what to do.
final class QuickstartException extends Exception {
  private static final long serialVersionUID = 1;

  QuickstartException(String message) {
    super(message);
  }
}
