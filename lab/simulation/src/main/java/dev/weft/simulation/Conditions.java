package dev.weft.simulation;

/// What the internet does to datagrams.
///
/// @param delay one way, nanoseconds
/// @param jitter added at random, so that datagrams overtake each other
/// @param loss share of datagrams lost
/// @param repetition share of datagrams that arrive twice
/// @param corruption share of datagrams that arrive with a byte changed
public record Conditions(
    long delay, long jitter, double loss, double repetition, double corruption) {
  public static final Conditions GOOD = new Conditions(20 * Timeline.MILLISECOND, 0, 0, 0, 0);

  public static final Conditions ROUGH =
      new Conditions(30 * Timeline.MILLISECOND, 60 * Timeline.MILLISECOND, 0.05, 0.05, 0.01);
}
