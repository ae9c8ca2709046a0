package dev.weft.ipn;

/// Where the backend stands. [Notify] carries the number, [Status] the text
/// (`docs/protocol/services.md` §6.3).
public enum State {
  NO_STATE(0, "NoState"),
  IN_USE_OTHER_USER(1, "InUseOtherUser"),
  NEEDS_LOGIN(2, "NeedsLogin"),
  NEEDS_MACHINE_AUTH(3, "NeedsMachineAuth"),
  STOPPED(4, "Stopped"),
  STARTING(5, "Starting"),
  RUNNING(6, "Running");

  private static final State[] ALL = values();
  private final int number;
  private final String text;

  State(int number, String text) {
    this.number = number;
    this.text = text;
  }

  /// The number on the event stream.
  public int number() {
    return number;
  }

  /// The state with this number; a number of a newer peer is [#NO_STATE].
  public static State ofNumber(long number) {
    for (State state : ALL) {
      if (state.number == number) {
        return state;
      }
    }
    return NO_STATE;
  }

  /// The state with this text; an unknown text is [#NO_STATE].
  public static State ofText(String text) {
    for (State state : ALL) {
      if (state.text.equals(text)) {
        return state;
      }
    }
    return NO_STATE;
  }

  /// The text in [Status].
  @Override
  public String toString() {
    return text;
  }
}
