package dev.weft.serve.http1;

/// Why a message is not taken. A reader that guesses what was meant will one day guess otherwise
/// than the program behind it, and what is between the two guesses is somebody else's request.
public enum Fault {
  BARE_LF(400, "a line does not end with CR LF"),
  BARE_CR(400, "a CR without LF"),
  REQUEST_LINE(400, "the request line is malformed"),
  METHOD(400, "the method is malformed"),
  TARGET(400, "the request target is malformed"),
  TARGET_TOO_LONG(414, "the request target is too long"),
  VERSION(505, "only HTTP/1.1 and HTTP/1.0 are spoken here"),
  STATUS_LINE(400, "the status line is malformed"),
  FIELD_NAME(400, "a header name is malformed"),
  FIELD_VALUE(400, "a header value holds a control character"),
  FOLDED(400, "a header is continued on a second line"),
  LOOKALIKE(400, "a header looks like one that frames the message"),
  HOST(400, "exactly one valid Host header is needed"),
  CONTENT_LENGTH(400, "the Content-Length is malformed or stands twice"),
  TRANSFER_ENCODING(400, "the Transfer-Encoding is malformed or stands twice"),
  UNKNOWN_CODING(501, "chunked is the only transfer coding understood here"),
  TWO_LENGTHS(400, "Content-Length and Transfer-Encoding contradict each other"),
  EXPECTATION(417, "100-continue is the only expectation understood here"),
  HEAD_TOO_LARGE(431, "the headers are too large"),
  CHUNK(400, "a chunk is malformed"),
  TRAILER(400, "the trailer is malformed");

  private final int status;
  private final String reason;

  Fault(int status, String reason) {
    this.status = status;
    this.reason = reason;
  }

  /// The status for the client that sent it.
  public int status() {
    return status;
  }

  public String reason() {
    return reason;
  }
}
