package dev.weft.serve.http1;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Reads the head of a response (RFC 9112 §4, §5, §6), as strictly as a request: a backend may be
/// passing on what a stranger wrote.
public final class ResponseParser {
  private static final int MIN_STATUS_LINE = "HTTP/1.1 200".length();

  private ResponseParser() {}

  /// @param head what [HeadScanner] returned
  public static Parsed<ResponseHead> parse(byte[] head) {
    int lineEnd = FieldParser.indexOf(head, (byte) '\r', 0, head.length);
    String line = new String(head, 0, lineEnd, StandardCharsets.ISO_8859_1);
    boolean isHttp11 = line.startsWith("HTTP/1.1 ");
    Fault fault = checkLine(line, isHttp11);
    if (fault == null) {
      fault = head[lineEnd + 1] == '\n' ? null : Fault.BARE_CR;
    }
    Fields fields = new Fields(head);
    if (fault == null) {
      fault = FieldParser.parse(head, lineEnd + 2, head.length - 2, fields);
    }
    if (fault != null) {
      return new Parsed.Bad<>(fault);
    }
    MessageFraming framing = MessageFraming.ofResponse(fields, isHttp11);
    if (framing.fault() != null) {
      return new Parsed.Bad<>(framing.fault());
    }
    boolean close = fields.lists(FieldName.CONNECTION, "close");
    boolean keep = fields.lists(FieldName.CONNECTION, "keep-alive");
    return new Parsed.Good<>(
        new ResponseHead(
            Integer.parseInt(line.substring(9, 12)),
            line.length() > 13 ? line.substring(13) : "",
            isHttp11,
            fields,
            framing.framing(),
            !close && (isHttp11 || keep)));
  }

  private static @Nullable Fault checkLine(String line, boolean isHttp11) {
    if (line.length() < MIN_STATUS_LINE || !isHttp11 && !line.startsWith("HTTP/1.0 ")) {
      return Fault.STATUS_LINE;
    }
    boolean digits = line.substring(9, 12).chars().allMatch(c -> c >= '0' && c <= '9');
    boolean spaced = line.length() == MIN_STATUS_LINE || line.charAt(MIN_STATUS_LINE) == ' ';
    boolean clean = line.chars().allMatch(c -> c >= ' ' && c != 0x7f || c == '\t');
    return digits && spaced && clean && line.charAt(9) >= '1' && line.charAt(9) <= '9'
        ? null
        : Fault.STATUS_LINE;
  }
}
