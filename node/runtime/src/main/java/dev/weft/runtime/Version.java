package dev.weft.runtime;

/// The version of this build.
final class Version {
  /// What the status, control and `--version` show.
  static final String LONG = read();

  private Version() {}

  /// From the JAR's manifest; a build directory has none.
  private static String read() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "0.1.0-dev" : version;
  }
}
