package dev.weft.cli;

/// Words as a POSIX shell reads them back.
final class Shell {
  private static final String SAFE = "-_./:,=@%+";

  private Shell() {}

  static String quote(String word) {
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      boolean safe = c < 128 && Character.isLetterOrDigit(c) || SAFE.indexOf(c) >= 0;
      if (!safe) {
        return "'" + word.replace("'", "'\\''") + "'";
      }
    }
    return word;
  }
}
