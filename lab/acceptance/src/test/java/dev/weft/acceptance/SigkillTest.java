package dev.weft.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// SIGKILL at any moment, to any of the programs, while traffic runs and state is written.
///
/// A few rounds; fifty with `-Dweft.soak`, as `bin/test --soak` sets it.
class SigkillTest {
  private static final int ROUNDS = Integer.getInteger("weft.soak", 1) > 1 ? 50 : 4;
  private static final Pattern KEY = Pattern.compile("\"PublicKey\": *\"(nodekey:[0-9a-f]+)\"");

  @Test
  void whoeverIsKilledComesBackAsItself() throws Exception {
    long seed = Long.getLong("weft.seed", System.nanoTime());
    System.out.println("SigkillTest: " + ROUNDS + " rounds, -Dweft.seed=" + seed);
    try (Lab lab = Lab.up("kill", "a=public", "b=public")) {
      WeftServers servers = WeftServers.start(lab);
      TailnetNode laptop = TailnetNode.weft(lab, "a", "laptop");
      TailnetNode teammate = TailnetNode.weft(lab, "b", "teammate");
      laptop.up(WeftServers.URL, servers.key());
      teammate.up(WeftServers.URL, servers.key());
      Path site = FirstLightTest.pages(lab, 256 << 10);
      laptop.startSite(3000, site);
      laptop.cli("serve", "--bg", "3000");
      Identity before = Identity.of(laptop, teammate);
      FirstLightTest.assertFetches(teammate, "http://laptop/", site);
      try (Traffic traffic = new Traffic(laptop, teammate)) {
        Random random = new Random(seed);
        for (int round = 1; round <= ROUNDS; round++) {
          String victim = round(random, servers, laptop, teammate);
          String what = "round " + round + ", " + victim + ", seed " + seed;
          Await.until(
              "traffic runs again: " + what,
              Duration.ofSeconds(60),
              () -> teammate.fetch("http://laptop/").exit() == 0);
          assertEquals(before, Identity.of(laptop, teammate), what);
        }
        assertTrue(traffic.fetched.get() > 0, "nothing was fetched while programs were killed");
        System.out.println("SigkillTest: " + traffic + " while it went on");
      }
      FirstLightTest.assertFetches(teammate, "http://laptop/", site);
      // The last word of a control plane that was killed may still be on its way.
      Await.until(
          "control answers",
          Duration.ofSeconds(20),
          () -> servers.tryAdmin("nodes", "list").exit() == 0);
      String nodes = servers.admin("nodes", "list");
      assertEquals(1, count(nodes, "laptop"), nodes);
      assertEquals(1, count(nodes, "teammate"), nodes);
    }
  }

  private static String round(
      Random random, WeftServers servers, TailnetNode laptop, TailnetNode teammate)
      throws Exception {
    // Anywhere within what the traffic makes them write and send.
    LockSupport.parkNanos(random.nextLong(Duration.ofMillis(700).toNanos()));
    long away = random.nextLong(Duration.ofSeconds(1).toNanos());
    return switch (random.nextInt(4)) {
      case 0 -> {
        restartKilled(laptop, away);
        yield "laptop";
      }
      case 1 -> {
        restartKilled(teammate, away);
        yield "teammate";
      }
      case 2 -> {
        servers.control().kill();
        LockSupport.parkNanos(away);
        servers.restartControl();
        yield "control";
      }
      default -> {
        servers.relay().kill();
        LockSupport.parkNanos(away);
        servers.restartRelay();
        yield "relay";
      }
    };
  }

  private static void restartKilled(TailnetNode node, long away) throws Exception {
    node.daemon().kill();
    LockSupport.parkNanos(away);
    node.startDaemon();
  }

  private static int count(String text, String word) {
    return (int) text.lines().filter(line -> line.matches(".*\\b" + word + "\\b.*")).count();
  }

  /// What must survive.
  private record Identity(List<String> addresses, List<String> keys) {
    static Identity of(TailnetNode... nodes) throws Exception {
      List<String> addresses = new ArrayList<>();
      List<String> keys = new ArrayList<>();
      for (TailnetNode node : nodes) {
        Await.until(
            node.name() + " answers", Duration.ofSeconds(40), () -> node.tryCli("ip").exit() == 0);
        addresses.add(node.cli("ip"));
        Matcher self = KEY.matcher(node.cli("status", "--json", "--peers=false"));
        keys.add(self.find() ? self.group(1) : "none");
      }
      return new Identity(List.copyOf(addresses), List.copyOf(keys));
    }
  }

  /// Fetches without pause, and changes preferences, so that both daemons and control write.
  private static final class Traffic implements AutoCloseable {
    final AtomicInteger fetched = new AtomicInteger();
    final AtomicInteger failed = new AtomicInteger();
    final AtomicInteger changed = new AtomicInteger();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final List<Thread> threads;

    Traffic(TailnetNode laptop, TailnetNode teammate) {
      threads =
          List.of(
              Thread.ofVirtual().start(() -> repeat(() -> fetch(teammate))),
              Thread.ofVirtual().start(() -> repeat(() -> change(laptop))),
              Thread.ofVirtual().start(() -> repeat(() -> change(teammate))));
    }

    private interface Step {
      void run() throws Exception;
    }

    private void repeat(Step step) {
      while (!ended.get()) {
        try {
          step.run();
        } catch (Exception | AssertionError e) {
          failed.incrementAndGet(); // whom it asked has just been killed
        }
      }
    }

    private void fetch(TailnetNode teammate) throws Exception {
      boolean whole = teammate.fetch("http://laptop/blob", "-o", "/dev/null").exit() == 0;
      (whole ? fetched : failed).incrementAndGet();
    }

    private void change(TailnetNode node) throws Exception {
      boolean on = changed.incrementAndGet() % 2 == 0;
      node.patchPrefs("{\"CorpDNS\":" + on + ",\"CorpDNSSet\":true}");
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }

    @Override
    public void close() {
      ended.set(true);
      for (Thread thread : threads) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }

    @Override
    public String toString() {
      return fetched + " transfers whole, " + failed + " cut, " + changed + " changes of state";
    }
  }
}
