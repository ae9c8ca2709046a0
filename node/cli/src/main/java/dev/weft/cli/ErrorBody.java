package dev.weft.cli;

import static dev.weft.json.JsonTypes.STRING;

import dev.weft.json.Json;
import dev.weft.json.JsonType;
import dev.weft.json.MalformedJson;
import dev.weft.json.ObjectType;

/// What the daemon says of an error: a line of text, or an object whose field `error` (in any case)
/// has it.
final class ErrorBody {
  private static final JsonType<ErrorBody> JSON =
      ObjectType.<ErrorBody, ErrorBody>of(ErrorBody::new, body -> body)
          .omit("error", STRING, body -> body.error, (body, value) -> body.error = value)
          .build();

  private String error = "";

  private ErrorBody() {}

  /// The message; empty when there is none.
  static String message(String body) {
    String text = body.strip();
    if (!text.startsWith("{")) {
      return text;
    }
    try {
      return Json.decode(JSON, text).error;
    } catch (MalformedJson _) {
      return text;
    }
  }
}
