package dev.weft.netstack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The counts that are kept by the way always equal those of a plain list.
final class ScoreboardTest {
  private static final class Segment {
    int start;
    int end;
    boolean sacked;
    boolean lost;
    boolean resent;
    int sentAt;

    boolean isInFlight() {
      return !sacked && !(lost && !resent);
    }
  }

  @Test
  void theCountsAreThoseOfTheSegments() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      int first = random.nextInt();
      Scoreboard board = new Scoreboard(first);
      List<Segment> model = new ArrayList<>();
      int next = first;
      for (int step = 0; step < 500; step++) {
        int i = model.isEmpty() ? -1 : random.nextInt(model.size());
        Segment s = i < 0 ? null : model.get(i);
        switch (random.nextInt(9)) {
          case 0, 1, 2 -> {
            Segment sent = new Segment();
            sent.start = next;
            next += 1 + random.nextInt(1400);
            sent.end = next;
            sent.sentAt = step;
            model.add(sent);
            board.sent(next, step);
          }
          case 3 -> {
            if (s != null && !s.sacked) {
              s.sacked = true;
              s.lost = false;
              s.resent = false;
              board.markSacked(i);
            }
          }
          case 4 -> {
            if (s != null && !s.sacked) {
              s.lost = true;
              s.resent = false;
              board.markLost(i);
            }
          }
          case 5 -> {
            if (s != null && !s.sacked) {
              s.resent = true;
              s.sentAt = step;
              board.markResent(i, step);
            }
          }
          case 6 -> {
            if (s != null) {
              model.removeFirst();
              board.removeFirst();
            }
          }
          case 7 -> {
            if (s != null && s.lost && !s.resent) {
              s.lost = false;
              board.markFound(i);
            }
          }
          default -> {
            if (s != null && model.getFirst().end - model.getFirst().start > 1) {
              model.getFirst().start++;
              board.trimFirst(model.getFirst().start);
            }
          }
        }
        check(board, model, next, "seed " + seed + " step " + step);
      }
    }
  }

  private static void check(Scoreboard board, List<Segment> model, int next, String why) {
    int pipe = 0;
    int sacked = 0;
    int lost = -1;
    for (int i = 0; i < model.size(); i++) {
      Segment s = model.get(i);
      int length = s.end - s.start;
      pipe += s.sacked ? 0 : (s.lost ? 0 : length) + (s.resent ? length : 0);
      sacked += s.sacked ? length : 0;
      if (lost < 0 && s.lost && !s.resent) {
        lost = i;
      }
      assertEquals(s.start, board.startOf(i), why);
      assertEquals(s.end, board.endOf(i), why);
      assertEquals(i, board.firstFrom(s.start), why);
    }
    assertEquals(model.size(), board.size(), why);
    assertEquals(model.isEmpty() ? next : model.getFirst().start, board.start(), why);
    assertEquals(pipe, board.pipe(), why);
    assertEquals(sacked, board.sackedBytes(), why);
    assertEquals(lost, board.nextLost(), why);
    List<Integer> inFlight = new ArrayList<>();
    for (int i = board.oldestInFlight(); i >= 0; i = board.nextInFlight(i)) {
      inFlight.add(model.get(i).sentAt);
    }
    assertEquals(
        model.stream().filter(Segment::isInFlight).map(s -> s.sentAt).sorted().toList(),
        inFlight,
        why);
  }
}
