package dev.weft.cli;

/// The head of an answer and, unless it is a stream, its body.
///
/// @param etag the entity tag; empty when there is none
record HttpAnswer(int status, String etag, String body) {
  boolean isSuccess() {
    return status >= 200 && status < 300;
  }
}
