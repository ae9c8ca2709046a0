package dev.weft.relay;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.regex.Pattern;

/// What a relay answers over HTTP (`docs/protocol/dataplane.md §5.5`).
final class RelayPages {
  private static final String NO_CONTENT_PATH = "/generate_204";
  private static final String CHALLENGE = "X-Tailscale-Challenge";
  private static final String CHALLENGE_RESPONSE = "X-Tailscale-Response";
  private static final Pattern CHALLENGE_FORM = Pattern.compile("[A-Za-z0-9._:-]{1,64}");

  private static final String HOME =
      """
      <!doctype html>
      <title>DERP relay</title>
      <h1>DERP relay</h1>
      <p>This is a relay of a private network. It passes on encrypted packets between members that
      cannot reach each other directly, and cannot read them.</p>
      """;

  private RelayPages() {}

  /// The pages beside DERP itself.
  static FullHttpResponse besideDerp(HttpRequest request) {
    if (!isRead(request)) {
      return empty(HttpResponseStatus.METHOD_NOT_ALLOWED);
    }
    return switch (path(request)) {
      case "/derp/probe", "/derp/latency-check" -> probe();
      case NO_CONTENT_PATH -> noContent(request.headers().get(CHALLENGE, ""));
      case "/robots.txt" -> text("text/plain; charset=utf-8", "User-agent: *\nDisallow: /\n");
      case "/" -> text("text/html; charset=utf-8", HOME);
      default -> empty(HttpResponseStatus.NOT_FOUND);
    };
  }

  /// The pages of plain HTTP: the test for captive portals, and for all else the way to `base`.
  ///
  /// @param base scheme, host and port of the relay. Never from the request: whoever sends that may
  ///   not choose where its answer leads.
  static Function<HttpRequest, FullHttpResponse> towards(String base) {
    return request -> {
      if (!isRead(request)) {
        return empty(HttpResponseStatus.METHOD_NOT_ALLOWED);
      }
      if (path(request).equals(NO_CONTENT_PATH)) {
        return noContent(request.headers().get(CHALLENGE, ""));
      }
      // Also an absolute target is taken for its path alone.
      String target = request.uri().startsWith("/") ? request.uri() : "/";
      FullHttpResponse response = empty(HttpResponseStatus.FOUND);
      response.headers().set(HttpHeaderNames.LOCATION, base + target);
      return response;
    };
  }

  private static boolean isRead(HttpRequest request) {
    return request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
  }

  private static String path(HttpRequest request) {
    return new QueryStringDecoder(request.uri()).rawPath();
  }

  /// Browsers measure from any origin.
  private static FullHttpResponse probe() {
    FullHttpResponse response = empty(HttpResponseStatus.OK);
    response.headers().set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    return response;
  }

  /// Proof against a captive portal: it would have to know how to answer the challenge.
  private static FullHttpResponse noContent(String challenge) {
    FullHttpResponse response = empty(HttpResponseStatus.NO_CONTENT);
    response
        .headers()
        .set(
            HttpHeaderNames.CACHE_CONTROL,
            "no-cache, no-store, must-revalidate, no-transform, max-age=0");
    if (CHALLENGE_FORM.matcher(challenge).matches()) {
      response.headers().set(CHALLENGE_RESPONSE, "response " + challenge);
    }
    return response;
  }

  static FullHttpResponse text(String type, String body) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.OK,
            Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
    response.headers().set("X-Content-Type-Options", "nosniff");
    return response;
  }

  static FullHttpResponse empty(HttpResponseStatus status) {
    return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
  }
}
