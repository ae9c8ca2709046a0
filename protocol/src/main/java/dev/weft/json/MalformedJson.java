package dev.weft.json;

import java.io.IOException;

/// The bytes are not JSON, or not of the shape that the message type prescribes.
public final class MalformedJson extends IOException {
  private static final long serialVersionUID = 1L;

  MalformedJson(String reason) {
    super(reason);
  }
}
