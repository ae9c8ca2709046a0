package dev.weft.runtime.localapi;

import dev.weft.ipn.WatchOption;
import dev.weft.json.Json;
import dev.weft.json.JsonIndent;
import dev.weft.json.JsonType;
import dev.weft.json.JsonTypes;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// How a request is answered.
sealed interface Answer {
  int OK = 200;
  int CREATED = 201;
  int NO_CONTENT = 204;
  int BAD_REQUEST = 400;
  int UNAUTHORIZED = 401;
  int FORBIDDEN = 403;
  int NOT_FOUND = 404;
  int METHOD_NOT_ALLOWED = 405;
  int PRECONDITION_FAILED = 412;
  int INTERNAL_SERVER_ERROR = 500;
  int BAD_GATEWAY = 502;
  int SERVICE_UNAVAILABLE = 503;

  /// A complete answer. `contentType` is empty when there is no body.
  record Full(int status, String contentType, String body, Map<String, String> headers)
      implements Answer {
    public Full {
      headers = Map.copyOf(headers);
    }

    Full with(String name, String value) {
      Map<String, String> extended = new HashMap<>(headers);
      extended.put(name, value);
      return new Full(status, contentType, body, extended);
    }
  }

  /// The event stream, until one side ends it.
  record Events(Set<WatchOption> options) implements Answer {}

  /// A connection to a destination on the tailnet; from then on the bytes are the caller's and the
  /// destination's.
  record Dial(String host, int port) implements Answer {}

  /// The packets in the tunnel, until the client has enough.
  record Capture() implements Answer {}

  static Full empty(int status) {
    return new Full(status, "", "", Map.of());
  }

  /// A line of text, as Go's `http.Error` sends it.
  static Full text(int status, String text) {
    return new Full(status, "text/plain; charset=utf-8", text + '\n', Map.of());
  }

  static Full json(int status, String json) {
    return new Full(status, "application/json", json, Map.of());
  }

  /// JSON laid out for people who use `curl`.
  static <T> Full json(JsonType<T> type, T message) {
    return json(OK, JsonIndent.indent(Json.encodeToText(type, message), "\t") + '\n');
  }

  /// An object with nothing but an error. The name of the field differs from endpoint to endpoint.
  static Full error(int status, String field, String message) {
    String quoted = Json.encodeToText(JsonTypes.STRING, message);
    return json(status, "{\"" + field + "\":" + quoted + "}\n");
  }

  static Full unsupportedMethod() {
    return text(METHOD_NOT_ALLOWED, "unsupported method");
  }

  static Full denied(String thing) {
    return text(FORBIDDEN, thing + " access denied");
  }
}
