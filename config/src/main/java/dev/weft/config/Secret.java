package dev.weft.config;

/// A value that must not reach a log, an error message or a screen by accident.
public record Secret(String reveal) {
  @Override
  public String toString() {
    return "[redacted]";
  }
}
