package dev.weft.ipn.serve;

import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.listOf;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import java.util.List;

/// What answers requests under one mount point (`docs/protocol/services.md` §1.1). One of path,
/// proxy, text and redirect is meant to be set; [#action] says which one counts.
///
/// @param path absolute file or directory
/// @param proxy backend, in the form that [ServeTarget] expands to
/// @param text literal body
/// @param acceptAppCaps capability names to tell the backend, with `proxy` only
/// @param redirect URL, with an optional status such as `301:` before it
public record HttpHandler(
    String path, String proxy, String text, List<String> acceptAppCaps, String redirect) {
  static final JsonType<HttpHandler> JSON =
      ObjectType.<HttpHandler, Builder>of(Builder::new, Builder::build)
          .omit("Path", STRING, HttpHandler::path, (b, v) -> b.path = v)
          .omit("Proxy", STRING, HttpHandler::proxy, (b, v) -> b.proxy = v)
          .omit("Text", STRING, HttpHandler::text, (b, v) -> b.text = v)
          .omit(
              "AcceptAppCaps",
              listOf(STRING),
              HttpHandler::acceptAppCaps,
              (b, v) -> b.acceptAppCaps = v)
          .omit("Redirect", STRING, HttpHandler::redirect, (b, v) -> b.redirect = v)
          .build();

  public HttpHandler {
    acceptAppCaps = List.copyOf(acceptAppCaps);
  }

  public static HttpHandler proxyTo(String backend, List<String> acceptAppCaps) {
    return new HttpHandler("", backend, "", acceptAppCaps, "");
  }

  public static HttpHandler ofText(String text) {
    return new HttpHandler("", "", text, List.of(), "");
  }

  public static HttpHandler ofPath(String path) {
    return new HttpHandler(path, "", "", List.of(), "");
  }

  public static HttpHandler redirectTo(String redirect) {
    return new HttpHandler("", "", "", List.of(), redirect);
  }

  /// The one thing that the handler does.
  public sealed interface Action {
    record Text(String body) implements Action {}

    /// @param status a 3xx code
    /// @param url may contain `${HOST}` and `${REQUEST_URI}`
    record Redirect(int status, String url) implements Action {}

    record Path(String path) implements Action {}

    record Proxy(String backend, List<String> acceptAppCaps) implements Action {}

    /// Nothing is set.
    record None() implements Action {}
  }

  /// In the order in which the original looks: text, redirect, path, proxy.
  public Action action() {
    if (!text.isEmpty()) {
      return new Action.Text(text);
    }
    if (!redirect.isEmpty()) {
      boolean coded = redirect.matches("(?s)3\\d\\d:.*");
      return coded
          ? new Action.Redirect(Integer.parseInt(redirect.substring(0, 3)), redirect.substring(4))
          : new Action.Redirect(302, redirect);
    }
    if (!path.isEmpty()) {
      return new Action.Path(path);
    }
    return proxy.isEmpty() ? new Action.None() : new Action.Proxy(proxy, acceptAppCaps);
  }

  private static final class Builder {
    private String path = "";
    private String proxy = "";
    private String text = "";
    private List<String> acceptAppCaps = List.of();
    private String redirect = "";

    private HttpHandler build() {
      return new HttpHandler(path, proxy, text, acceptAppCaps, redirect);
    }
  }
}
