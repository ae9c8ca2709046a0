package dev.weft.netstack;

import static dev.weft.netstack.Script.MILLI;
import static dev.weft.packet.TcpView.ACK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// What is taken for lost and when (RFC 8985), and what happens when it was not (RFC 4015).
final class LossTest {
  private static final int MSS = 1208;

  // RACK.

  @Test
  void atATimeoutOnlyWhatIsOldIsLost() {
    Flight flight = new Flight(10 * MILLI);
    flight.send(3, 0);
    flight.send(1, 5 * MILLI); // beyond the gap
    flight.deliver(2, 10 * MILLI);
    flight.send(2, 200 * MILLI);
    flight.rack.markLostAtTimeout(205 * MILLI);
    assertTrue(flight.board.isLost(0));
    assertTrue(flight.board.isLost(1));
    assertTrue(flight.board.isLost(3));
    assertFalse(flight.board.isLost(4), "just sent");
    assertFalse(flight.board.isLost(5), "just sent");
  }

  @Test
  void withoutReorderingThreeSackedSegmentsAreEnough() {
    Flight flight = new Flight(10 * MILLI);
    flight.send(5, 0);
    flight.deliver(1, 10 * MILLI);
    flight.deliver(2, 10 * MILLI);
    assertTrue(flight.rack.detect(10 * MILLI, false) > 0, "in doubt");
    assertFalse(flight.rack.foundLoss());
    flight.deliver(3, 10 * MILLI);
    flight.rack.detect(10 * MILLI, false);
    assertTrue(flight.rack.foundLoss());
    assertTrue(flight.board.isLost(0));
  }

  @Test
  void withReorderingAQuarterOfARoundTripIsWaited() {
    Flight flight = new Flight(20 * MILLI);
    flight.send(8, 0);
    flight.deliver(1, 20 * MILLI);
    flight.deliver(0, 20 * MILLI); // reordering is seen
    for (int i = 3; i < 8; i++) {
      flight.deliver(i, 20 * MILLI);
    }
    assertEquals(5 * MILLI, flight.rack.detect(20 * MILLI, false));
    assertFalse(flight.rack.foundLoss());
    assertEquals(0, flight.rack.detect(25 * MILLI, false));
    assertTrue(flight.board.isLost(2));
  }

  @Test
  void reportedDuplicatesWidenTheWindowOnceInARoundTrip() {
    Flight flight = new Flight(20 * MILLI);
    flight.send(2, 0);
    flight.deliver(1, 20 * MILLI);
    flight.deliver(0, 20 * MILLI);
    flight.send(8, 20 * MILLI);
    int end = flight.board.end();
    flight.rack.duplicateReported(flight.board.start());
    flight.rack.duplicateReported(flight.board.start());
    flight.deliver(9, 40 * MILLI);
    assertEquals(10 * MILLI, flight.rack.detect(40 * MILLI, false));
    flight.rack.duplicateReported(end);
    assertEquals(15 * MILLI, flight.rack.detect(40 * MILLI, false));
    for (int i = 0; i < 16; i++) {
      flight.rack.recoveryEnded();
    }
    assertEquals(5 * MILLI, flight.rack.detect(40 * MILLI, false), "sixteen recoveries later");
  }

  // Spurious losses.

  @Test
  void anEchoFromBeforeTheRetransmissionTakesATimeoutBack() {
    Script s = stamped();
    Recovery recovery = send(s, 10);
    int window = recovery.window();
    int una = s.ack;
    int firstStamp = s.next().timestamp();
    s.sent.clear();
    s.advance(300 * MILLI); // A tail loss probe, then the timeout.
    assertEquals(1, s.stack.timeouts());
    assertTrue(recovery.window() < window);
    s.sent.clear();
    // The path had only been slow: the answer to the originals comes.
    s.ack = una + 10 * MSS;
    s.echo = firstStamp;
    s.send(ACK, "");
    assertTrue(recovery.window() >= window, recovery.window() + " after " + window);
    assertTrue(s.sent.isEmpty(), "nothing is sent again");
  }

  @Test
  void anEchoOfTheRetransmissionLeavesTheTimeoutAsItIs() {
    Script s = stamped();
    Recovery recovery = send(s, 10);
    int window = recovery.window();
    s.advance(300 * MILLI);
    s.ack += 10 * MSS;
    s.echo = s.sent.getLast().timestamp();
    s.send(ACK, "");
    assertTrue(recovery.window() < window);
  }

  @Test
  void aRecoveryWhoseRetransmissionsWereAllDuplicatesIsTakenBack() {
    Script s = stamped();
    Recovery recovery = send(s, 10);
    int window = recovery.window();
    int una = s.ack;
    s.sent.clear();
    s.now += 20 * MILLI;
    s.send(ACK, "", w -> w.sack(new int[] {una + MSS, una + 5 * MSS}, 1));
    assertEquals(una, s.next().seq());
    assertTrue(recovery.window() < window);
    // The first had been overtaken; both copies have come. The echo tells nothing here.
    s.echo = 0;
    s.ack = una + 10 * MSS;
    s.send(ACK, "");
    s.send(ACK, "", w -> w.sack(new int[] {una, una + MSS}, 1));
    assertTrue(recovery.window() >= window, recovery.window() + " after " + window);
  }

  @Test
  void aDuplicateOfSomethingElseTakesNothingBack() {
    Script s = stamped();
    Recovery recovery = send(s, 10);
    int window = recovery.window();
    int una = s.ack;
    s.now += 20 * MILLI;
    s.send(ACK, "", w -> w.sack(new int[] {una + MSS, una + 5 * MSS}, 1));
    s.echo = 0;
    s.ack = una + 10 * MSS;
    s.send(ACK, "");
    s.send(ACK, "", w -> w.sack(new int[] {una + MSS, una + 2 * MSS}, 1));
    assertTrue(recovery.window() < window);
  }

  // Tail loss probes.

  @Test
  void aProbeThatRepairedALossReducesTheWindowWhenThatIsSeen() {
    Script s = stamped();
    Recovery recovery = send(s, 3);
    int window = recovery.window();
    s.sent.clear();
    s.ack += 2 * MSS;
    s.send(ACK, "");
    s.advance(300 * MILLI);
    assertEquals(s.ack, s.next().seq(), "the probe");
    s.ack += MSS;
    s.send(ACK, "");
    assertEquals(0, s.stack.timeouts());
    assertTrue(recovery.window() >= window, "it may have been only the acknowledgment");
    s.app.send(new byte[MSS]);
    s.flush();
    s.ack += MSS;
    s.send(ACK, "");
    assertTrue(recovery.window() < window, "no duplicate was reported: it was a loss");
  }

  @Test
  void aProbeThatWasNotNeededCostsNothing() {
    Script s = stamped();
    Recovery recovery = send(s, 1);
    int window = recovery.window();
    int una = s.ack;
    s.sent.clear();
    s.advance(300 * MILLI);
    assertEquals(una, s.next().seq(), "the probe");
    s.ack += MSS;
    s.send(ACK, "");
    s.send(ACK, "", w -> w.sack(new int[] {una, una + MSS}, 1));
    s.app.send(new byte[MSS]);
    s.flush();
    s.ack += MSS;
    s.send(ACK, "");
    assertTrue(recovery.window() >= window);
  }

  private static Script stamped() {
    Script s = new Script();
    s.listen();
    s.timestamps = true;
    s.handshake();
    return s;
  }

  private static Recovery send(Script s, int segments) {
    s.app.send(new byte[segments * MSS]);
    s.flush();
    assertEquals(segments, s.sent.size());
    return ((TcpConnection) s.app.socket).recovery;
  }

  /// Segments of one byte, known by their number from the first ever sent.
  private static final class Flight {
    final Scoreboard board = new Scoreboard(0);
    final RttEstimator rtt = new RttEstimator();
    final Rack rack = new Rack(board, rtt, 0);

    Flight(long roundTrip) {
      rtt.sample(roundTrip);
    }

    void send(int count, long now) {
      for (int i = 0; i < count; i++) {
        board.sent(board.end() + 1, now);
      }
    }

    void deliver(int number, long now) {
      rack.delivered(now, number);
      board.markSacked(number);
    }
  }
}
