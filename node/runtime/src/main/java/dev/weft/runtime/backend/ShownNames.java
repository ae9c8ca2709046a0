package dev.weft.runtime.backend;

import dev.weft.tailcfg.Hostinfo;
import dev.weft.tailcfg.Node;
import java.util.Locale;

/// The names that people know a node by, which the original works out where a node is shown and
/// writes beside what control said.
final class ShownNames {
  private ShownNames() {}

  /// @param suffix the tailnet's domain; or empty
  static Node addTo(Node node, String suffix) {
    String full = Directory.normalized(node.name());
    boolean within = !suffix.isEmpty() && full.endsWith("." + suffix);
    String name = within ? full.substring(0, full.length() - suffix.length() - 1) : full;
    String host = host(node);
    if (name.isEmpty()) {
      name = host.isEmpty() ? node.key().toString() : host;
    }
    boolean both = !host.isEmpty() && !host.equals(name);
    return node.toBuilder()
        .computedName(name)
        .computedNameWithHost(both ? name + " (" + host + ")" : name)
        .build();
  }

  /// What the machine calls itself, as a label.
  private static String host(Node node) {
    Hostinfo info = node.hostinfo();
    StringBuilder label = new StringBuilder();
    String host = info == null ? "" : info.hostname().toLowerCase(Locale.ROOT);
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      boolean fits = c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
      label.append(fits ? c : '-');
    }
    return label.toString();
  }
}
