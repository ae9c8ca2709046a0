package dev.weft.netstack;

import static dev.weft.netstack.Script.MILLI;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// CUBIC (RFC 9438), HyStart++ (RFC 9406) and proportional rate reduction (RFC 9937) by their
/// formulas.
final class CongestionTest {
  private static final int MSS = 1000;
  private static final long SECOND = 1_000 * MILLI;

  @Test
  void afterALossTheWindowFollowsTheCubicBackToItsOldSize() {
    Cubic cubic = inAvoidance(1000);
    double k = Math.cbrt(300 / 0.4);
    long start = SECOND;
    for (long t = 0; t < 12 * SECOND; t += 100 * MILLI) {
      acknowledgeAWindow(cubic, start + t, 100 * MILLI);
      double expected = 0.4 * Math.pow(t / 1e9 + 0.1 - k, 3) + 1000;
      assertEquals(expected, cubic.window() / (double) MSS, 15, "after " + t / MILLI + " ms");
    }
    assertTrue(cubic.window() > 1000 * MSS, "it goes on above");
  }

  @Test
  void onAShortPathItGrowsAsRenoWould() {
    Cubic cubic = inAvoidance(20);
    int before = cubic.window();
    for (int round = 1; round <= 10; round++) {
      acknowledgeAWindow(cubic, SECOND + round * MILLI, MILLI);
    }
    // RFC 9438 §4.3: 3 (1 - β) / (1 + β) segments in a round trip.
    assertEquals(10 * 0.529, (cubic.window() - before) / (double) MSS, 0.3);
    for (int round = 11; cubic.window() < 20 * MSS; round++) {
      acknowledgeAWindow(cubic, SECOND + round * MILLI, MILLI);
    }
    int prior = cubic.window();
    for (int round = 0; round < 10; round++) {
      acknowledgeAWindow(cubic, SECOND + (100 + round) * MILLI, MILLI);
    }
    assertEquals(10, (cubic.window() - prior) / (double) MSS, 1, "then one segment, as Reno");
  }

  @Test
  void aFlowThatShrinksLeavesRoomForNewOnes() {
    Cubic cubic = inAvoidance(1000);
    cubic.congestion();
    assertEquals(490 * MSS, cubic.threshold(), 1);
    cubic.setWindow(cubic.threshold());
    // The plateau is at 0.85 of the 700 segments, not at 700.
    long plateau = SECOND + (long) (Math.cbrt((595 - 490) / 0.4) * SECOND);
    for (long t = SECOND; t < plateau; t += 100 * MILLI) {
      acknowledgeAWindow(cubic, t, 100 * MILLI);
    }
    assertEquals(595, cubic.window() / (double) MSS, 5);
  }

  @Test
  void aReductionForNothingIsTakenBack() {
    Cubic cubic = inAvoidance(100);
    cubic.save();
    int before = cubic.window();
    int threshold = cubic.threshold();
    cubic.timeout();
    cubic.setWindow(MSS);
    cubic.undo();
    assertEquals(before, cubic.window());
    assertEquals(threshold, cubic.threshold());
  }

  @Test
  void slowStartTurnsConservativeWhenTheRoundTripRisesAndEndsFiveRoundsLater() {
    HyStart start = new HyStart();
    int seq = 0;
    assertFalse(round(start, seq, 20 * MILLI));
    assertFalse(round(start, seq += 100, 20 * MILLI));
    assertEquals(4000, start.growth(4000, MSS));
    assertFalse(round(start, seq += 100, 25 * MILLI));
    assertEquals(1000, start.growth(4000, MSS));
    int rounds = 1;
    while (!round(start, seq += 100, 25 * MILLI)) {
      rounds++;
    }
    assertEquals(5, rounds);
  }

  @Test
  void aRiseThatPassesIsNoise() {
    HyStart start = new HyStart();
    int seq = 0;
    round(start, seq, 20 * MILLI);
    round(start, seq += 100, 30 * MILLI);
    assertEquals(1000, start.growth(4000, MSS));
    round(start, seq += 100, 21 * MILLI);
    assertEquals(4000, start.growth(4000, MSS));
  }

  @Test
  void aRiseBelowTheThresholdIsNone() {
    HyStart start = new HyStart();
    int seq = 0;
    round(start, seq, 20 * MILLI);
    round(start, seq += 100, 23 * MILLI); // less than 4 ms
    assertEquals(4000, start.growth(4000, MSS));
  }

  /// RFC 9406 §4.2 and §4.3: L is 8 where nothing paces what is sent.
  @Test
  void oneAcknowledgmentOfManySegmentsGrowsTheWindowByEightAtMost() {
    Cubic cubic = new Cubic();
    cubic.start(MSS);
    for (int i = 0; i < 10; i++) {
      int before = cubic.window();
      cubic.acknowledged(
          SECOND, 40 * MSS, i * 40 * MSS, (i + 1) * 40 * MSS, 20 * MILLI, 20 * MILLI);
      assertEquals(before + 8 * MSS, cubic.window());
    }
    int before = cubic.window();
    cubic.acknowledged(SECOND, 2 * MSS, 402 * MSS, 440 * MSS, 20 * MILLI, 20 * MILLI);
    assertEquals(before + 2 * MSS, cubic.window());
  }

  @Test
  void conservativeGrowthIsAFourthOfWhatTheCapLets() {
    HyStart start = new HyStart();
    int seq = 0;
    round(start, seq, 20 * MILLI);
    round(start, seq += 100, 30 * MILLI);
    assertEquals(2 * MSS, start.growth(40 * MSS, MSS));
    start.finish();
    assertEquals(8 * MSS, start.growth(40 * MSS, MSS));
  }

  @Test
  void aRecoveryFromOneLossEndsWithTheThresholdInFlight() {
    // RFC 9937 §6: 20 in flight, the first lost, threshold 14.
    ProportionalReduction reduction = new ProportionalReduction();
    reduction.begin(20 * MSS);
    int pipe = 19 * MSS;
    int sent = 0;
    for (int ack = 1; ack <= 19; ack++) {
      pipe -= MSS;
      int room = reduction.acknowledged(MSS, false, pipe, 14 * MSS, MSS);
      for (; room >= MSS; room -= MSS) {
        reduction.sent(MSS);
        pipe += MSS;
        sent++;
      }
    }
    assertEquals(14, sent, 1);
    assertEquals(14 * MSS, pipe, MSS);
  }

  @Test
  void aRecoveryFromManyLossesIsNeverFasterThanSlowStart() {
    ProportionalReduction reduction = new ProportionalReduction();
    reduction.begin(20 * MSS);
    int pipe = 4 * MSS; // fifteen are lost, one has arrived
    assertEquals(MSS, reduction.acknowledged(MSS, false, pipe, 14 * MSS, MSS));
    reduction.sent(MSS);
    assertEquals(2 * MSS, reduction.acknowledged(MSS, true, pipe, 14 * MSS, MSS));
    reduction.sent(2 * MSS);
    assertEquals(MSS, reduction.acknowledged(MSS, false, pipe, 14 * MSS, MSS));
    assertEquals(0, reduction.acknowledged(0, true, pipe, 14 * MSS, MSS));
  }

  /// In congestion avoidance after a loss at `segments`.
  private static Cubic inAvoidance(int segments) {
    Cubic cubic = new Cubic();
    cubic.start(MSS);
    cubic.setWindow(segments * MSS);
    cubic.congestion();
    cubic.setWindow(cubic.threshold());
    return cubic;
  }

  private static void acknowledgeAWindow(Cubic cubic, long now, long rtt) {
    int window = cubic.window();
    for (int bytes = 0; bytes < window; bytes += MSS) {
      cubic.acknowledged(now, MSS, 0, 0, rtt, rtt);
    }
  }

  /// Ten acknowledgments of one round. Returns whether slow start is over.
  private static boolean round(HyStart start, int seq, long rtt) {
    boolean over = false;
    for (int i = 0; i < 10; i++) {
      over |= start.acknowledged(seq + i, seq + 100, rtt);
    }
    return over;
  }
}
