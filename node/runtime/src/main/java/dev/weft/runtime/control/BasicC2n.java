package dev.weft.runtime.control;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;

/// The least that a node answers to control's own requests: `/echo`, and a plain refusal of the
/// rest (`docs/protocol/control.md` §3.3).
public final class BasicC2n implements PingAnswers {
  private static final int MAX_REQUEST_BYTES = 64 * 1024;

  @Override
  public byte[] handleC2n(byte[] request) {
    String text = new String(request, ISO_8859_1); // a byte for a char, whatever it is
    int headEnd = text.indexOf("\r\n\r\n");
    String[] line = text.lines().findFirst().orElse("").split(" ", 3);
    if (request.length > MAX_REQUEST_BYTES || headEnd < 0 || line.length < 3) {
      return response("400 Bad Request", "malformed request".getBytes(ISO_8859_1));
    }
    String path = line[1].split("\\?", 2)[0];
    return path.equals("/echo")
        ? response("200 OK", Arrays.copyOfRange(request, headEnd + 4, request.length))
        : response("400 Bad Request", "unknown c2n path\n".getBytes(ISO_8859_1));
  }

  private static byte[] response(String status, byte[] body) {
    byte[] head =
        ("HTTP/1.1 " + status + "\r\nContent-Length: " + body.length + "\r\n\r\n")
            .getBytes(ISO_8859_1);
    byte[] whole = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, whole, head.length, body.length);
    return whole;
  }
}
