package dev.weft.control.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weft.base.Bytes;
import java.time.Duration;

/// A whole answer.
///
/// @param retryAfterSeconds 0 for not saying
public record Reply(int status, String contentType, Bytes body, long retryAfterSeconds) {

  /// Not now.
  public static Reply tooMany(Duration wait) {
    long seconds = Math.max(1, wait.plusMillis(999).toSeconds());
    Reply text = text(429, "too many requests: try again in " + seconds + " s");
    return new Reply(text.status, text.contentType, text.body, seconds);
  }

  public static Reply text(int status, String text) {
    return of(status, "text/plain; charset=utf-8", (text + "\n").getBytes(UTF_8));
  }

  public static Reply empty(int status) {
    return of(status, "text/plain; charset=utf-8", new byte[0]);
  }

  public static Reply html(int status, String html) {
    return of(status, "text/html; charset=utf-8", html.getBytes(UTF_8));
  }

  public static Reply json(byte[] json) {
    return of(200, "application/json", json);
  }

  public static Reply of(int status, String contentType, byte[] body) {
    return new Reply(status, contentType, Bytes.of(body), 0);
  }
}
