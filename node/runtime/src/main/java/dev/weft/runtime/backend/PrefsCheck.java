package dev.weft.runtime.backend;

import dev.weft.ipn.Pref;
import dev.weft.ipn.Prefs;
import dev.weft.runtime.localapi.BackendException;
import java.net.URI;
import java.util.Locale;

/// Which settings this node can work with. A setting that would silently do nothing is refused
/// instead.
final class PrefsCheck {
  private static final int MAX_LABEL = 63;

  private PrefsCheck() {}

  static void check(Prefs prefs, boolean funnelOn) throws BackendException {
    if (!prefs.controlUrl().isEmpty() && !isServer(prefs.controlUrl())) {
      throw new BackendException(
          "not the URL of a login server: "
              + prefs.controlUrl()
              + " (such as https://control.example.com)");
    }
    if (!isHostname(prefs.hostname())) {
      throw new BackendException("not a host name: " + prefs.hostname());
    }
    for (String tag : prefs.advertiseTags()) {
      if (!tag.matches("tag:[a-zA-Z][a-zA-Z0-9-]*")) {
        throw new BackendException("not a tag: " + tag + " (such as tag:server)");
      }
    }
    if (prefs.shieldsUp() && funnelOn) {
      throw new BackendException("Cannot enable shields-up when Funnel is enabled.");
    }
    missing(prefs);
  }

  private static void missing(Prefs prefs) throws BackendException {
    if (prefs.runSsh()) {
      throw new BackendException("this version of Weft has no SSH server");
    }
    if (prefs.value(Pref.RUN_WEB_CLIENT)) {
      throw new BackendException("this version of Weft has no web client");
    }
    if (!prefs.advertiseRoutes().isEmpty()) {
      throw new BackendException("this version of Weft does not route for others");
    }
    if (!prefs.value(Pref.EXIT_NODE_ID).isEmpty() || !prefs.value(Pref.EXIT_NODE_IP).isEmpty()) {
      throw new BackendException("this version of Weft cannot use an exit node");
    }
  }

  private static boolean isServer(String text) {
    try {
      URI uri = URI.create(text);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      return uri.getHost() != null && (scheme.equals("https") || scheme.equals("http"));
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /// Control makes a label of it; what no label can come from is refused.
  private static boolean isHostname(String text) {
    return text.isEmpty()
        || text.length() <= 4 * MAX_LABEL && text.chars().allMatch(c -> c > ' ' && c != 0x7f);
  }
}
