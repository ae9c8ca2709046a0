package dev.weft.runtime.control;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/// A page that control wants a user to see. Clients show it, and some open it without asking: so it
/// must be a page, and nothing that a machine would run or look up on its own disk (`javascript:`,
/// `file:`, `\\host\share`).
final class WebPage {
  private static final int MAX_LENGTH = 2048;

  private WebPage() {}

  /// The page as it was given; empty when it is none.
  static Optional<String> of(String url) {
    boolean plain = url.length() <= MAX_LENGTH && url.chars().allMatch(c -> c > ' ' && c < 0x7f);
    return plain && isHttp(url) ? Optional.of(url) : Optional.empty();
  }

  private static boolean isHttp(String url) {
    try {
      URI uri = new URI(url);
      String scheme = uri.getScheme();
      return uri.getHost() != null
          && uri.getUserInfo() == null
          && ("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme));
    } catch (URISyntaxException _) {
      return false;
    }
  }
}
