package dev.weft.serve.http1;

/// A response without its body.
///
/// @param reason as sent; may be empty
/// @param framing as its fields say; [#bodyFor] knows the requests and statuses that have none
/// @param keepAlive the backend leaves the connection open for another request
public record ResponseHead(
    int status,
    String reason,
    boolean isHttp11,
    Fields fields,
    Framing framing,
    boolean keepAlive) {

  public boolean isInterim() {
    return status < 200;
  }

  /// RFC 9112 §6.3, first two items.
  public Framing bodyFor(RequestHead request) {
    boolean none = request.isHead() || status < 200 || status == 204 || status == 304;
    return none ? Framing.NONE : framing;
  }
}
