package dev.weft.control;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MapStreamTest {
  /// A machine that has run for long: the zero of its clock is far away.
  private static final long NOW = Duration.ofDays(30).toNanos();

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  /// Leaves what it is given lying about until the test says that it has left.
  private static final class Slow implements MapStream.Outlet {
    final List<Runnable> waiting = new ArrayList<>();

    @Override
    public void send(byte[] frame, Runnable sent) {
      waiting.add(sent);
    }

    @Override
    public String compression() {
      return "";
    }

    @Override
    public boolean wantsKeepAlive() {
      return true;
    }

    @Override
    public void finish() {}

    @Override
    public void abort() {}
  }

  @SuppressWarnings("NullAway") // whose stream it is does not matter here
  private static MapStream open(Slow outlet) {
    return new MapStream(null, outlet, () -> {}, NOW);
  }

  @Test
  void oneWhoseFirstMessageIsBeingMadeIsNotStuck() {
    MapStream stream = open(new Slow());
    assertFalse(stream.isReady());
    assertFalse(stream.isStuck(NOW));
    assertFalse(stream.isStuck(NOW + SECOND));
  }

  @Test
  void oneThatTakesNothingIsStuckInTheEndAndOneThatDoesIsNot() {
    Slow outlet = new Slow();
    MapStream stream = open(outlet);
    stream.send(new byte[1], NOW + SECOND, SECOND);
    assertFalse(stream.isStuck(NOW + 2 * SECOND));
    assertTrue(stream.isStuck(NOW + Duration.ofHours(1).toNanos()));
    outlet.waiting.getFirst().run();
    assertFalse(stream.isStuck(NOW + Duration.ofHours(1).toNanos()));
    assertTrue(stream.isReady());
  }
}
