package dev.weft.ipn.serve;

/// A serve configuration or command that cannot be carried out. The message is for the person who
/// asked, in the words of the original where it has the same rule.
public final class ServeRefusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean isUsage;

  private ServeRefusal(String message, boolean isUsage) {
    super(message);
    this.isUsage = isUsage;
  }

  static ServeRefusal because(String message) {
    return new ServeRefusal(message, false);
  }

  static ServeRefusal usage(String message) {
    return new ServeRefusal(message, true);
  }

  /// As a command line prints it on its error stream before it exits with 1.
  ///
  /// @param command such as `weft serve`
  public String text(String command) {
    return isUsage
        ? getMessage() + "\n\ntry `" + command + " --help` for usage info"
        : getMessage();
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
