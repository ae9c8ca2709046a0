package dev.weft.runtime.control;

import dev.weft.base.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Requests inside the Noise channel whose answer is short.
final class Calls {
  /// What the official client reads of an answer (`docs/protocol/control.md` §4.1).
  static final int MAX_REPLY_BYTES = 1 << 20;

  static final int MAX_ERROR_BYTES = 200;
  static final Duration TIMEOUT = Duration.ofSeconds(60);

  private static final String JSON = "application/json";

  private final ControlSettings settings;
  private final Connector connector;

  Calls(ControlSettings settings, Connector connector) {
    this.settings = settings;
    this.connector = connector;
  }

  /// Sends a register or map request, which carry no content type (`docs/protocol/control.md`
  /// §2.6).
  Exchange post(String endpoint, String loadBalancing, byte[] body)
      throws IOException, InterruptedException {
    return open("POST", settings.path(endpoint), loadBalancing, "", body);
  }

  /// Any other request, with its whole answer.
  ControlReply call(String method, String path, byte[] body)
      throws IOException, InterruptedException {
    String contentType = body.length == 0 ? "" : JSON;
    try (Exchange exchange = open(method, path, "", contentType, body)) {
      int status = exchange.status(TIMEOUT);
      return new ControlReply(status, exchange.wholeBody(MAX_REPLY_BYTES, false, TIMEOUT));
    }
  }

  /// What an answer with another status than 200 says.
  ControlException refusal(String what, int status, Exchange exchange) throws IOException {
    String text =
        new String(exchange.wholeBody(MAX_ERROR_BYTES, true, TIMEOUT), StandardCharsets.UTF_8);
    String said = ServerKeys.printable(text);
    String line =
        "control answered the " + what + " with " + status + (said.isEmpty() ? "" : ": " + said);
    if (status != 429 && status != 503) {
      return ControlException.of(line);
    }
    @Nullable String header = exchange.header("retry-after");
    return ControlException.retryAfter(
        line, RetryAfter.parse(header, settings.clock().instant(), settings.entropy()));
  }

  private Exchange open(
      String method, String path, String loadBalancing, String contentType, byte[] body)
      throws IOException, InterruptedException {
    return connector
        .get()
        .open(
            new ControlConnection.Request(method, path, loadBalancing, contentType, Bytes.of(body)),
            settings.authority());
  }
}
