package dev.weft.serve.http1;

import org.jspecify.annotations.Nullable;

/// A request without its body, understood in one way only.
///
/// @param method a token, in the case it was sent
/// @param path as sent, still percent-encoded; `*` or an authority where the target was no path
/// @param query behind the `?`, or null without one
/// @param host the `Host` field, or the authority of an absolute target; empty for an HTTP/1.0
///   client that names none
/// @param isHttp11 else HTTP/1.0
/// @param keepAlive the client wants to send another request on this connection
/// @param expectsContinue the client waits for 100 before it sends the body
/// @param upgrade the protocols to switch to, as sent, or null
public record RequestHead(
    String method,
    String path,
    @Nullable String query,
    String host,
    boolean isHttp11,
    Fields fields,
    Framing framing,
    boolean keepAlive,
    boolean expectsContinue,
    @Nullable String upgrade) {

  public boolean isHead() {
    return method.equals("HEAD");
  }

  /// Whether sending it twice does what sending it once does (RFC 9110 §9.2.2).
  public boolean isIdempotent() {
    return switch (method) {
      case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> true;
      default -> false;
    };
  }

  public boolean hasBody() {
    return switch (framing) {
      case Framing.None() -> false;
      case Framing.Length(long bytes) -> bytes > 0;
      case Framing.Chunked() -> true;
      case Framing.UntilClose() -> throw new IllegalStateException("a request has an end");
    };
  }

  /// The target as a Go program sees it in `RequestURI`: path and query.
  public String target() {
    return query == null ? path : path + "?" + query;
  }
}
