package dev.weft.load;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The load `changes`: everyone joins, then one after the other has another endpoint.
final class ChangesLoad implements AutoCloseable {
  private static final Duration SETTLE_LIMIT = Duration.ofSeconds(60);
  private static final Duration TELL_LIMIT = Duration.ofSeconds(30);

  private final Plan plan;
  private final @Nullable ServerUsage server;
  private final PrintStream out;
  private final MapDecoder decoder = new MapDecoder();
  private final Census census;
  private final Fleet fleet;
  private final List<Fleet.Member> members = new ArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /// @param atOnce how many nodes join at a time
  /// @param warmUp changes before those that are measured
  /// @param perSecond changes
  /// @param quiet how long the server's idle share is measured; a quarter of it without a message
  ///   means that all is told
  record Plan(int nodes, int atOnce, int warmUp, int changes, int perSecond, Duration quiet) {}

  ChangesLoad(
      Plan plan,
      Wire wire,
      Fleet.Admission admission,
      @Nullable ServerUsage server,
      PrintStream out) {
    this.plan = plan;
    this.server = server;
    this.out = out;
    this.census = new Census(plan.nodes());
    this.fleet = new Fleet(wire, decoder, admission, census::read);
  }

  /// @return whether every node was told of every change and no stream was lost
  boolean run() throws IOException, InterruptedException {
    join();
    settle();
    line("rss_joined", resident(), "MiB");
    change(plan.warmUp());
    settle();
    census.forgetLatencies();

    double before = cpu();
    long began = System.nanoTime();
    TimeUnit.NANOSECONDS.sleep(plan.quiet().toNanos());
    double idleShare = (cpu() - before) / secondsSince(began);
    line("idle_cpu", idleShare * 100, "% of a core");

    long bytes = decoder.bytes();
    before = cpu();
    began = System.nanoTime();
    boolean all = change(plan.changes());
    double spent = cpu() - before - idleShare * secondsSince(began);
    line("change_seconds", secondsSince(began), "s");
    line("cpu_per_change", spent / plan.changes() * 1e3, "ms");
    line(
        "map_bytes_per_telling",
        tellings() == 0 ? 0.0 : (double) (decoder.bytes() - bytes) / tellings(),
        "B");
    line("told_p50", census.millis(0.50), "ms");
    line("told_p99", census.millis(0.99), "ms");
    line("told_max", census.millis(1), "ms");
    line("not_told", census.missing(), "tellings");
    line("rss_end", resident(), "MiB");
    line("streams_lost", fleet.streamsLost(), "");
    line("unreadable_messages", (double) decoder.faults(), "");
    if (fleet.streamsLost() > 0) {
      out.println("# streams ended: " + fleet.complaints());
    }
    return all && fleet.streamsLost() == 0 && decoder.faults() == 0;
  }

  private double tellings() {
    return (double) plan.changes() * (plan.nodes() - 1);
  }

  private void join() throws IOException, InterruptedException {
    Semaphore places = new Semaphore(plan.atOnce());
    double before = cpu();
    long began = System.nanoTime();
    List<Future<Fleet.Member>> joining = new ArrayList<>();
    double[] millis = new double[plan.nodes()];
    for (int i = 0; i < plan.nodes(); i++) {
      int number = i;
      joining.add(
          threads.submit(
              inTurn(
                  places,
                  () -> {
                    long start = System.nanoTime();
                    Fleet.Member member = fleet.join(number);
                    millis[number] = secondsSince(start) * 1e3;
                    return member;
                  })));
    }
    for (Future<Fleet.Member> one : joining) {
      members.add(result(one));
    }
    double seconds = secondsSince(began);
    Arrays.sort(millis);
    line("nodes", plan.nodes(), "");
    line("join_rate", plan.nodes() / seconds, "nodes/s");
    line("join_p50", millis[plan.nodes() / 2], "ms");
    line("join_p99", millis[(int) (plan.nodes() * 0.99)], "ms");
    line("join_cpu_per_node", (cpu() - before) / plan.nodes() * 1e3, "ms");
    line("join_map_bytes", (double) decoder.bytes(), "B");
  }

  private static <T> Callable<T> inTurn(Semaphore places, Callable<T> work) {
    return () -> {
      places.acquire();
      try {
        return work.call();
      } finally {
        places.release();
      }
    };
  }

  /// Waits until nobody is told anything any more.
  private void settle() throws InterruptedException {
    long deadline = System.nanoTime() + SETTLE_LIMIT.toNanos();
    long seen = -1;
    while (seen != decoder.messages() && System.nanoTime() < deadline) {
      seen = decoder.messages();
      TimeUnit.NANOSECONDS.sleep(plan.quiet().dividedBy(4).toNanos());
    }
  }

  /// Makes changes at the plan's rate.
  ///
  /// @return whether everyone heard of all of them
  private boolean change(int count) throws IOException, InterruptedException {
    List<Future<Void>> running = new ArrayList<>();
    long began = System.nanoTime();
    for (int i = 0; i < count; i++) {
      long due = began + i * TimeUnit.SECONDS.toNanos(1) / plan.perSecond();
      TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
      Fleet.Member member = members.get(i % members.size());
      running.add(
          threads.submit(() -> {
            int change = census.begin(member.number(), System.nanoTime());
            member.moveTo(Stamp.of(change));
            return null;
          }));
    }
    for (Future<Void> one : running) {
      result(one);
    }
    return census.await(TELL_LIMIT);
  }

  private static <T> T result(Future<T> future) throws IOException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw Session.failure(e);
    }
  }

  private double cpu() throws IOException {
    return server == null ? 0 : server.cpuSeconds();
  }

  private double resident() throws IOException {
    return server == null ? 0 : server.residentMib();
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  private void line(String name, double value, String unit) {
    out.println(String.format("%-22s %10.2f %s", name, value, unit).stripTrailing());
    out.flush();
  }

  @Override
  public void close() {
    fleet.close();
    members.forEach(Fleet.Member::close);
    threads.shutdownNow();
    decoder.close();
  }
}
