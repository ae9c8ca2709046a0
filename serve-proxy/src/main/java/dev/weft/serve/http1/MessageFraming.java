package dev.weft.serve.http1;

import org.jspecify.annotations.Nullable;

/// What `Content-Length` and `Transfer-Encoding` together say, or why they say nothing that two
/// readers would agree on.
record MessageFraming(Framing framing, @Nullable Fault fault) {
  /// Two digits fewer than a long has: nobody sends an exabyte.
  private static final int MAX_DIGITS = 17;

  static MessageFraming ofRequest(Fields fields, boolean isHttp11) {
    return of(fields, isHttp11, Framing.NONE);
  }

  static MessageFraming ofResponse(Fields fields, boolean isHttp11) {
    return of(fields, isHttp11, Framing.UNTIL_CLOSE);
  }

  private static MessageFraming of(Fields fields, boolean isHttp11, Framing without) {
    int lengths = fields.count(FieldName.CONTENT_LENGTH);
    int codings = fields.count(FieldName.TRANSFER_ENCODING);
    if (codings > 0 && lengths > 0) {
      return refused(Fault.TWO_LENGTHS);
    }
    if (codings > 0) {
      return chunked(fields, codings, isHttp11);
    }
    if (lengths == 0) {
      return new MessageFraming(without, null);
    }
    String length = fields.first(FieldName.CONTENT_LENGTH);
    if (lengths > 1 || length == null || !isLength(length)) {
      return refused(Fault.CONTENT_LENGTH);
    }
    return new MessageFraming(new Framing.Length(Long.parseLong(length)), null);
  }

  private static MessageFraming chunked(Fields fields, int codings, boolean isHttp11) {
    String coding = fields.first(FieldName.TRANSFER_ENCODING);
    // RFC 9112 §6.1: HTTP/1.0 has no transfer codings; whoever sends one there has a faulty
    // framing.
    if (codings > 1 || coding == null || !isHttp11) {
      return refused(Fault.TRANSFER_ENCODING);
    }
    if (coding.equalsIgnoreCase("chunked")) {
      return new MessageFraming(Framing.CHUNKED, null);
    }
    boolean isToken =
        !coding.isEmpty()
            && coding.chars().allMatch(c -> Character.isLetterOrDigit(c) || "-, ".indexOf(c) >= 0);
    return refused(
        isToken && !coding.contains("chunked") ? Fault.UNKNOWN_CODING : Fault.TRANSFER_ENCODING);
  }

  private static boolean isLength(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_DIGITS
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static MessageFraming refused(Fault fault) {
    return new MessageFraming(Framing.NONE, fault);
  }
}
