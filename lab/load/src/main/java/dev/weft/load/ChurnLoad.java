package dev.weft.load;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The load `churn`: at each tick a node joins and the one leaves that has been there longest.
final class ChurnLoad implements AutoCloseable {
  private static final int MAX_AT_ONCE = 64;
  private static final Duration REPORT_EVERY = Duration.ofMinutes(1);

  private final Plan plan;
  private final PrintStream out;
  private final MapDecoder decoder = new MapDecoder();
  private final Fleet fleet;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore places = new Semaphore(MAX_AT_ONCE);
  private final BlockingQueue<Fleet.Member> present = new LinkedBlockingQueue<>();
  private final AtomicInteger joined = new AtomicInteger();
  private final AtomicInteger left = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private volatile String lastFailure = "";

  /// @param nodes that are there at a time
  /// @param perSecond ticks
  record Plan(int nodes, int perSecond, Duration length) {}

  ChurnLoad(Plan plan, Wire wire, Fleet.Admission admission, PrintStream out) {
    this.plan = plan;
    this.out = out;
    this.fleet = new Fleet(wire, decoder, admission, (_, _, _) -> {});
  }

  /// @return whether nothing failed
  boolean run() throws InterruptedException {
    long began = System.nanoTime();
    long end = began + plan.length().toNanos();
    long report = began;
    long period = TimeUnit.SECONDS.toNanos(1) / plan.perSecond();
    long next = began;
    for (int number = 0; System.nanoTime() < end; number++) {
      int joining = number;
      places.acquire();
      threads.execute(() -> turn(joining));
      if (System.nanoTime() >= report) {
        report += REPORT_EVERY.toNanos();
        report((System.nanoTime() - began) / TimeUnit.SECONDS.toNanos(1));
      }
      // Ticks that were missed, as when the process was stopped, are not made up for.
      next = Math.max(next + period, System.nanoTime() - period);
      TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
    }
    places.acquire(MAX_AT_ONCE);
    report(plan.length().toSeconds());
    return failed.get() == 0;
  }

  private void turn(int number) {
    try {
      present.add(fleet.join(number));
      joined.incrementAndGet();
      Fleet.@Nullable Member oldest = number < plan.nodes() ? null : present.poll();
      if (oldest != null) {
        oldest.leave();
        left.incrementAndGet();
      }
    } catch (IOException e) {
      failed.incrementAndGet();
      lastFailure = String.valueOf(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      places.release();
    }
  }

  private void report(long seconds) {
    out.println(
        String.format(
            "t %d s: joined %d, left %d, present %d, failed %d, streams lost %d, map MiB %.1f%s",
            seconds,
            joined.get(),
            left.get(),
            present.size(),
            failed.get(),
            fleet.streamsLost(),
            decoder.bytes() / 1048576.0,
            lastFailure.isEmpty() ? "" : ", last failure: " + lastFailure));
    out.flush();
  }

  @Override
  public void close() {
    fleet.close();
    present.forEach(Fleet.Member::close);
    threads.shutdownNow();
    decoder.close();
  }
}
