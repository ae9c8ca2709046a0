package dev.weft.serve.http1;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Reads the head of a request (RFC 9112 §3, §5, §6). Whatever a second reader could understand
/// otherwise is refused.
public final class RequestParser {
  private static final int MAX_METHOD = 32;
  private static final int MAX_TARGET = 16 << 10;

  private final byte[] bytes;
  private final Fields fields;

  private String method = "";
  private String target = "";
  private boolean isHttp11;

  private RequestParser(byte[] head) {
    this.bytes = head;
    this.fields = new Fields(head);
  }

  /// @param head what [HeadScanner] returned
  public static Parsed<RequestHead> parse(byte[] head) {
    return new RequestParser(head).parse();
  }

  private Parsed<RequestHead> parse() {
    int lineEnd = FieldParser.indexOf(bytes, (byte) '\r', 0, bytes.length);
    Fault fault = requestLine(lineEnd);
    if (fault == null) {
      fault = bytes[lineEnd + 1] == '\n' ? null : Fault.BARE_CR;
    }
    if (fault == null) {
      fault = FieldParser.parse(bytes, lineEnd + 2, bytes.length - 2, fields);
    }
    if (fault == null && fields.count(FieldName.LOOKALIKE) > 0) {
      fault = Fault.LOOKALIKE;
    }
    return fault == null ? understood() : new Parsed.Bad<>(fault);
  }

  private @Nullable Fault requestLine(int end) {
    int methodEnd = FieldParser.indexOf(bytes, (byte) ' ', 0, end);
    if (methodEnd < 0) {
      return Fault.REQUEST_LINE;
    }
    if (methodEnd > MAX_METHOD || !FieldParser.isToken(bytes, 0, methodEnd)) {
      return Fault.METHOD;
    }
    int targetEnd = FieldParser.indexOf(bytes, (byte) ' ', methodEnd + 1, end);
    if (targetEnd < 0) {
      return Fault.REQUEST_LINE;
    }
    if (targetEnd - methodEnd > MAX_TARGET) {
      return Fault.TARGET_TOO_LONG;
    }
    method = text(0, methodEnd);
    target = text(methodEnd + 1, targetEnd);
    return version(text(targetEnd + 1, end));
  }

  private @Nullable Fault version(String version) {
    isHttp11 = version.equals("HTTP/1.1");
    if (isHttp11 || version.equals("HTTP/1.0")) {
      return null;
    }
    return version.matches("HTTP/\\d\\.\\d") ? Fault.VERSION : Fault.REQUEST_LINE;
  }

  private Parsed<RequestHead> understood() {
    MessageFraming framing = MessageFraming.ofRequest(fields, isHttp11);
    if (framing.fault() != null) {
      return new Parsed.Bad<>(framing.fault());
    }
    String expect = fields.first(FieldName.EXPECT);
    boolean expectsContinue = expect != null && expect.equalsIgnoreCase("100-continue");
    if (expect != null && (!expectsContinue || fields.count(FieldName.EXPECT) > 1)) {
      return new Parsed.Bad<>(Fault.EXPECTATION);
    }
    int hosts = fields.count(FieldName.HOST);
    String host = hosts == 1 ? fields.first(FieldName.HOST) : "";
    if (host == null || hosts > 1 || hosts == 0 && isHttp11 || !Target.isHost(host)) {
      return new Parsed.Bad<>(Fault.HOST);
    }
    Target parsed = Target.parse(method, target, host);
    if (parsed == null) {
      return new Parsed.Bad<>(Fault.TARGET);
    }
    boolean close = fields.lists(FieldName.CONNECTION, "close");
    boolean keep = fields.lists(FieldName.CONNECTION, "keep-alive");
    return new Parsed.Good<>(
        new RequestHead(
            method,
            parsed.path(),
            parsed.query(),
            parsed.host(),
            isHttp11,
            fields,
            framing.framing(),
            !close && (isHttp11 || keep) && !method.equals("CONNECT"),
            // RFC 9110 §10.1.1: nothing to expect without a body, nor from an HTTP/1.0 client.
            expectsContinue && isHttp11 && !(framing.framing() instanceof Framing.None),
            isHttp11 ? upgrade() : null));
  }

  private @Nullable String upgrade() {
    String upgrade = fields.first(FieldName.UPGRADE);
    if (upgrade == null
        || fields.count(FieldName.UPGRADE) > 1
        || !fields.lists(FieldName.CONNECTION, "upgrade")) {
      return null;
    }
    // Inside a tunnel of HTTP, or of the TLS of RFC 2817, a client could say anything of itself:
    // mounts and identity headers would not hold there.
    String lower = upgrade.toLowerCase(Locale.ROOT);
    return lower.contains("h2c") || lower.contains("http/") || lower.contains("tls/")
        ? null
        : upgrade;
  }

  private String text(int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
