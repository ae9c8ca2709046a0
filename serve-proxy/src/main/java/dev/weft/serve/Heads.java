package dev.weft.serve;

import dev.weft.serve.http1.FieldName;
import dev.weft.serve.http1.Fields;
import dev.weft.serve.http1.Framing;
import dev.weft.serve.http1.RequestHead;
import dev.weft.serve.http1.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.net.InetSocketAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Writes the heads that leave this hop (`docs/protocol/services.md` §1.6): what concerned only the
/// hop before is gone, the framing is our own, and what is said of the client is what the node
/// knows.
final class Heads {
  private static final int TYPICAL = 768;

  private Heads() {}

  /// The request for the backend.
  static ByteBuf request(
      ByteBufAllocator allocator,
      RequestHead head,
      Backend backend,
      String target,
      InetSocketAddress client,
      boolean tls,
      byte[] identity) {
    ByteBuf out = allocator.buffer(TYPICAL);
    ascii(out, head.method()).writeByte(' ');
    ascii(ascii(out, target), " HTTP/1.1\r\nHost: ");
    line(out, head.host().isEmpty() ? backend.authority() : head.host());
    copyRequestFields(out, head.fields());
    line(ascii(out, "X-Forwarded-For: "), address(client));
    line(ascii(out, "X-Forwarded-Host: "), head.host());
    if (tls) {
      line(out, "X-Forwarded-Proto: https");
    }
    out.writeBytes(identity);
    framing(out, head.framing());
    if (head.upgrade() != null && !head.hasBody()) {
      line(ascii(out, "Connection: Upgrade\r\nUpgrade: "), head.upgrade());
    } else if (head.fields().lists(FieldName.TE, "trailers")) {
      line(out, "Connection: TE\r\nTE: trailers");
    }
    if (head.expectsContinue()) {
      line(out, "Expect: 100-continue");
    }
    return out.writeByte('\r').writeByte('\n');
  }

  private static void copyRequestFields(ByteBuf out, Fields fields) {
    for (int i = 0; i < fields.count(); i++) {
      if (fields.name(i) == FieldName.OTHER && !fields.isListedByConnection(i)) {
        fields.writeLine(out, i);
      }
    }
  }

  private static String address(InetSocketAddress client) {
    String text = client.getAddress().getHostAddress();
    int zone = text.indexOf('%');
    return zone < 0 ? text : text.substring(0, zone);
  }

  /// The final response for the client.
  ///
  /// @param framing of the body as it goes to the client
  static ByteBuf response(
      ByteBufAllocator allocator,
      ResponseHead head,
      RequestHead request,
      Framing framing,
      boolean keepAlive) {
    ByteBuf out = allocator.buffer(TYPICAL);
    statusLine(out, head);
    copyResponseFields(out, head);
    boolean saysLengthWithoutBody = request.isHead() || head.status() == 304;
    framing(
        out,
        saysLengthWithoutBody && head.framing() instanceof Framing.Length
            ? head.framing()
            : framing);
    if (!keepAlive) {
      line(out, "Connection: close");
    } else if (!request.isHttp11()) {
      line(out, "Connection: keep-alive");
    }
    return out.writeByte('\r').writeByte('\n');
  }

  /// An interim response for the client.
  static ByteBuf interim(ByteBufAllocator allocator, ResponseHead head) {
    ByteBuf out = allocator.buffer(TYPICAL);
    statusLine(out, head);
    copyResponseFields(out, head);
    return out.writeByte('\r').writeByte('\n');
  }

  /// The 101 that ends HTTP on a connection.
  static ByteBuf switching(ByteBufAllocator allocator, ResponseHead head, String protocol) {
    ByteBuf out = allocator.buffer(TYPICAL);
    statusLine(out, head);
    copyResponseFields(out, head);
    line(ascii(out, "Connection: Upgrade\r\nUpgrade: "), protocol);
    return out.writeByte('\r').writeByte('\n');
  }

  private static void statusLine(ByteBuf out, ResponseHead head) {
    ascii(out, "HTTP/1.1 ");
    ascii(out, Integer.toString(head.status())).writeByte(' ');
    latin1(out, head.reason()).writeByte('\r').writeByte('\n');
  }

  private static void copyResponseFields(ByteBuf out, ResponseHead head) {
    Fields fields = head.fields();
    for (int i = 0; i < fields.count(); i++) {
      boolean passed =
          switch (fields.name(i)) {
            case OTHER, FORWARDING, IDENTITY, HOST, EXPECT, PROXY -> true;
            case CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION, UPGRADE, TE, KEEP_ALIVE -> false;
            case PROXY_CONNECTION, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, LOOKALIKE -> false;
          };
      if (passed && !fields.isListedByConnection(i)) {
        fields.writeLine(out, i);
      }
    }
  }

  private static void framing(ByteBuf out, Framing framing) {
    switch (framing) {
      case Framing.Length(long bytes) -> line(ascii(out, "Content-Length: "), Long.toString(bytes));
      case Framing.Chunked() -> line(out, "Transfer-Encoding: chunked");
      case Framing.None(), Framing.UntilClose() -> {}
    }
  }

  /// The end of a chunked body. Fields that would change how the message was understood do not come
  /// after it (RFC 9110 §6.5.1).
  static ByteBuf lastChunk(ByteBufAllocator allocator, @Nullable Fields trailer) {
    ByteBuf out = allocator.buffer(trailer == null ? 8 : TYPICAL);
    ascii(out, "0\r\n");
    for (int i = 0; trailer != null && i < trailer.count(); i++) {
      if (trailer.name(i) == FieldName.OTHER && mayTrail(trailer.spelling(i))) {
        trailer.writeLine(out, i);
      }
    }
    return out.writeByte('\r').writeByte('\n');
  }

  private static boolean mayTrail(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return !lower.startsWith("content-")
        && switch (lower) {
          case "authorization",
              "cookie",
              "set-cookie",
              "trailer",
              "cache-control",
              "range",
              "location" ->
              false;
          default -> true;
        };
  }

  private static void line(ByteBuf out, String text) {
    latin1(out, text).writeByte('\r').writeByte('\n');
  }

  private static ByteBuf ascii(ByteBuf out, String text) {
    ByteBufUtil.writeAscii(out, text);
    return out;
  }

  private static ByteBuf latin1(ByteBuf out, String text) {
    for (int i = 0; i < text.length(); i++) {
      out.writeByte(text.charAt(i));
    }
    return out;
  }
}
