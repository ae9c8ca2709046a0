package dev.weft.control.tailnet;

import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/// Turns what a machine calls itself into a name of the tailnet (`docs/protocol/control.md` §7.6).
final class NodeNames {
  private static final int MAX_LABEL = 63;
  private static final String FALLBACK = "node";
  private static final List<String> LOCAL_SUFFIXES = List.of(".localdomain", ".local", ".lan");

  private NodeNames() {}

  /// A DNS label for any hostname at all, never a number.
  static String sanitize(String hostname) {
    String name = hostname.toLowerCase(Locale.ROOT);
    for (String suffix : LOCAL_SUFFIXES) {
      if (name.endsWith(suffix)) {
        name = name.substring(0, name.length() - suffix.length());
        break;
      }
    }
    StringBuilder label = new StringBuilder();
    for (int i = 0; i < name.length() && label.length() < MAX_LABEL; i++) {
      char c = name.charAt(i);
      if (isAlphanumeric(c)) {
        label.append(c);
      } else if (" .@_-".indexOf(c) >= 0 && !label.isEmpty()) {
        label.append('-');
      }
    }
    while (!label.isEmpty() && label.charAt(label.length() - 1) == '-') {
      label.setLength(label.length() - 1);
    }
    if (label.isEmpty()) {
      return FALLBACK;
    }
    // Else the node could be taken for the one with this ID.
    return label.chars().allMatch(Character::isDigit)
        ? prefixed(label.toString())
        : label.toString();
  }

  private static String prefixed(String label) {
    String name = FALLBACK + "-" + label;
    return name.substring(0, Math.min(name.length(), MAX_LABEL));
  }

  /// The label itself or, when it is taken, the label with the first free of `-1`, `-2`, …
  static String unique(String label, Predicate<String> taken) {
    String name = label;
    for (int suffix = 1; taken.test(name); suffix++) {
      String tail = "-" + suffix;
      name = label.substring(0, Math.min(label.length(), MAX_LABEL - tail.length())) + tail;
    }
    return name;
  }

  /// Whether an admin may give this name.
  static boolean isLabel(String name) {
    return name.equals(sanitize(name));
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }
}
