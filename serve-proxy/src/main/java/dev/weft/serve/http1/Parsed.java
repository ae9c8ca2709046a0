package dev.weft.serve.http1;

/// A head that was read, or why it was not.
public sealed interface Parsed<T> {
  record Good<T>(T head) implements Parsed<T> {}

  record Bad<T>(Fault fault) implements Parsed<T> {}
}
