package dev.weft.cli;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// The word that somebody may have meant.
final class Suggestion {
  private Suggestion() {}

  /// The nearest of `words`, or null when none is near: a third of the letters may be wrong.
  static @Nullable String nearest(String typed, Collection<String> words) {
    String best = null;
    int bestDistance = Math.max(1, typed.length() / 3) + 1;
    for (String word : words) {
      int distance = word.startsWith(typed) && typed.length() > 1 ? 1 : distance(typed, word);
      if (distance < bestDistance) {
        best = word;
        bestDistance = distance;
      }
    }
    return best;
  }

  /// How many letters must be inserted, left out or replaced to make `b` of `a`.
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
