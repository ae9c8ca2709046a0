package dev.weft.runtime.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

final class LatestOrderTest {
  private final Queue<Runnable> loop = new ArrayDeque<>();
  private final List<String> done = new ArrayList<>();
  private final LatestOrder order = new LatestOrder(loop::add, () -> done.add("halt"));

  @Test
  void ofManyRunsTheLatestIsCarriedOutOnce() {
    run("a");
    run("b");
    turn();
    assertEquals(List.of("b"), done);

    run("c");
    turn();
    assertEquals(List.of("b", "c"), done);
  }

  @Test
  void aHaltComesBeforeTheRunThatFollowsItAndInPlaceOfTheOneBefore() {
    run("a");
    order.halt();
    run("b");
    turn();
    assertEquals(List.of("halt", "b"), done);
  }

  @Test
  void aHaltAfterARunIsTheLastWord() {
    run("a");
    order.halt();
    turn();
    assertEquals(List.of("halt"), done);
  }

  @Test
  void oneThatFailsDoesNotKeepTheNextFromBeingCarriedOut() {
    order.run(() -> {
      throw new IllegalStateException("on purpose");
    });
    try {
      turn();
    } catch (IllegalStateException _) {
      done.add("failed");
    }
    run("b");
    turn();
    assertEquals(List.of("failed", "b"), done);
  }

  private void run(String name) {
    order.run(() -> done.add(name));
  }

  private void turn() {
    while (!loop.isEmpty()) {
      loop.remove().run();
    }
  }
}
