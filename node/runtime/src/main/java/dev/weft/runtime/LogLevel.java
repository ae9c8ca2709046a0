package dev.weft.runtime;

/// How much the daemon logs. Set before the first logger is made: the logging backend reads it
/// then.
final class LogLevel {
  private static final String PROPERTY = "tinylog.level";

  private LogLevel() {}

  /// @param verbose 0, 1 or 2, as `--verbose` counts
  static void apply(int verbose) {
    if (System.getProperty(PROPERTY) == null && verbose > 0) {
      System.setProperty(PROPERTY, verbose == 1 ? "debug" : "trace");
    }
  }
}
