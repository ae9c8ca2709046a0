package dev.weft.runtime.control;

import dev.weft.base.Bytes;
import java.nio.charset.StandardCharsets;

/// An answer of control to something else than registering and the map.
///
/// @param status of HTTP
public record ControlReply(int status, Bytes body) {
  ControlReply(int status, byte[] body) {
    this(status, Bytes.of(body));
  }

  /// The body as text.
  public String text() {
    return new String(body.toArray(), StandardCharsets.UTF_8);
  }
}
