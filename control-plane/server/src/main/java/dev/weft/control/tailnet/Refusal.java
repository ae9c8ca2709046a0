package dev.weft.control.tailnet;

/// An admin asked for something that cannot be done. The message says why, and what to do instead.
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Refusal(String message) {
    super(message);
  }
}
