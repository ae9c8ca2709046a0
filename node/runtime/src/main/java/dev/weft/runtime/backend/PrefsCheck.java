package dev.weft.runtime.backend;

import dev.weft.ipn.MaskedPrefs;
import dev.weft.ipn.OptionalBool;
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

  static void checkKnown(MaskedPrefs change) throws BackendException {
    if (!change.unknown().isEmpty()) {
      throw new BackendException(
          "this version of Weft has no setting " + String.join(", ", change.unknown()));
    }
  }

  /// Settings of features that this version does not have. What merely takes no effect in a node
  /// without a TUN device, such as `NetfilterMode`, is kept for one that has it.
  private static void missing(Prefs prefs) throws BackendException {
    refuse(prefs.runSsh(), "has no SSH server");
    refuse(prefs.value(Pref.RUN_WEB_CLIENT), "has no web client");
    refuse(!prefs.advertiseRoutes().isEmpty(), "does not route for others");
    refuse(prefs.value(Pref.APP_CONNECTOR_ADVERTISE), "is no app connector");
    refuse(!prefs.value(Pref.ADVERTISE_SERVICES).isEmpty(), "does not serve as a VIP service");
    refuse(
        !prefs.value(Pref.EXIT_NODE_ID).isEmpty()
            || !prefs.value(Pref.EXIT_NODE_IP).isEmpty()
            || !prefs.value(Pref.AUTO_EXIT_NODE).isEmpty(),
        "cannot use an exit node");
    refuse(prefs.value(Pref.POSTURE_CHECKING), "does not report what this device is");
    refuse(prefs.value(Pref.AUTO_UPDATE_APPLY) == OptionalBool.TRUE, "does not update itself");
    refuse(prefs.value(Pref.REMOTE_CONFIG), "cannot be configured by control");
  }

  private static void refuse(boolean wanted, String what) throws BackendException {
    if (wanted) {
      throw new BackendException("this version of Weft " + what);
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
