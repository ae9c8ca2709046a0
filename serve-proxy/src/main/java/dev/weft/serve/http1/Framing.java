package dev.weft.serve.http1;

/// Where the body of a message ends (RFC 9112 §6.3).
public sealed interface Framing {
  /// There is no body.
  record None() implements Framing {}

  record Length(long bytes) implements Framing {}

  record Chunked() implements Framing {}

  /// With the connection: responses only.
  record UntilClose() implements Framing {}

  None NONE = new None();
  Chunked CHUNKED = new Chunked();
  UntilClose UNTIL_CLOSE = new UntilClose();
}
