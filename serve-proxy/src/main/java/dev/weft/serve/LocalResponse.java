package dev.weft.serve;

import dev.weft.serve.http1.Fault;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/// A response that the node itself gives.
///
/// @param fields further header lines, each with its line end; all values are the program's own or
///   checked
record LocalResponse(int status, String fields, String body) {
  private static final String PLAIN =
      "Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n";
  private static final String NEVER_STORED = "Cache-Control: no-store\r\n";

  static LocalResponse text(String body) {
    return new LocalResponse(200, PLAIN, body);
  }

  static LocalResponse redirect(int status, String location) {
    StringBuilder ascii = new StringBuilder();
    for (byte b : location.getBytes(StandardCharsets.UTF_8)) {
      // A Location is a URI: whatever is not printable ASCII is escaped, line ends first of all.
      ascii.append(
          b > ' ' && b < 0x7f ? Character.toString((char) b) : "%%%02X".formatted(b & 0xff));
    }
    return new LocalResponse(status, PLAIN + "Location: " + ascii + "\r\n", "");
  }

  static LocalResponse notFound() {
    return new LocalResponse(404, PLAIN, "404 page not found\n");
  }

  static LocalResponse refusal(Fault fault) {
    return problem(fault.status(), "This request was refused: " + fault.reason() + ".");
  }

  /// A page for people who wonder why they see it.
  static LocalResponse problem(int status, String explanation) {
    String body = "%d %s\n\n%s\n".formatted(status, reason(status), explanation);
    return new LocalResponse(status, PLAIN + NEVER_STORED, body);
  }

  ByteBuf encode(ByteBufAllocator allocator, boolean isHttp11, boolean keepAlive, boolean isHead) {
    int length = ByteBufUtil.utf8Bytes(body);
    StringBuilder head = new StringBuilder(256);
    head.append("HTTP/1.1 ").append(status).append(' ').append(reason(status)).append("\r\n");
    head.append(fields);
    head.append("Content-Length: ").append(length).append("\r\n");
    head.append("Date: ")
        .append(DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)));
    head.append("\r\n");
    if (!keepAlive) {
      head.append("Connection: close\r\n");
    } else if (!isHttp11) {
      head.append("Connection: keep-alive\r\n");
    }
    head.append("\r\n");
    ByteBuf out = allocator.buffer(head.length() + length);
    ByteBufUtil.writeAscii(out, head);
    if (!isHead) {
      ByteBufUtil.writeUtf8(out, body);
    }
    return out;
  }

  static String reason(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 301 -> "Moved Permanently";
      case 302 -> "Found";
      case 303 -> "See Other";
      case 307 -> "Temporary Redirect";
      case 308 -> "Permanent Redirect";
      case 400 -> "Bad Request";
      case 404 -> "Not Found";
      case 408 -> "Request Timeout";
      case 414 -> "URI Too Long";
      case 417 -> "Expectation Failed";
      case 431 -> "Request Header Fields Too Large";
      case 500 -> "Internal Server Error";
      case 501 -> "Not Implemented";
      case 502 -> "Bad Gateway";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      case 505 -> "HTTP Version Not Supported";
      default -> "Status";
    };
  }
}
