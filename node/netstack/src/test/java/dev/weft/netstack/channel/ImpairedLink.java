package dev.weft.netstack.channel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// A link with faults between a [Tun] and something else: another one, or a stack of ours. In real
/// time, on a thread of its own; both directions alike.
@SuppressWarnings("try") // close() waits
final class ImpairedLink implements AutoCloseable {
  /// @param delayNanos of every packet
  /// @param bytesPerSecond of each direction; 0 for no limit. A queue of 50 ms is before it
  record Faults(
      double loss, double reorder, double duplicate, long delayNanos, long bytesPerSecond) {
    static final Faults NONE = new Faults(0, 0, 0, 0, 0);
  }

  private static final long REORDER_NANOS = 2_000_000;
  private static final long QUEUE_NANOS = 50_000_000;
  private static final long LONGEST_WAIT = 2_000_000;
  private static final long WAIT_WITH_DUE = 100_000;
  private static final int BATCH = 64;

  private static final class Due implements Comparable<Due> {
    final long at;
    final long order;
    final int direction;
    final byte[] packet;

    Due(long at, long order, int direction, byte[] packet) {
      this.at = at;
      this.order = order;
      this.direction = direction;
      this.packet = packet;
    }

    @Override
    public int compareTo(Due other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
    }
  }

  private final Tun near;
  private final Consumer<List<byte[]>> toFar;
  private final Random random;
  private final PriorityQueue<Due> due = new PriorityQueue<>();
  private final ConcurrentLinkedQueue<byte[]> fromFar = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean sleeps = new AtomicBoolean();
  private final List<byte[]> leaving = new ArrayList<>();
  private final long[] freeAt = new long[2];
  private final byte[] buffer = new byte[Tun.MTU];
  private final Thread thread;
  private volatile Faults faults = Faults.NONE;
  private volatile boolean isClosed;
  private long order;

  /// @param toFar takes packets from the device; called on the link's thread
  ImpairedLink(Tun near, Consumer<List<byte[]>> toFar, long seed) {
    this.near = near;
    this.toFar = toFar;
    random = new Random(seed);
    thread = Thread.ofPlatform().name("link").start(this::run);
  }

  void setFaults(Faults from) {
    faults = from;
  }

  /// Takes a packet for the device. From any thread.
  void send(byte[] packet) {
    fromFar.add(packet);
    if (sleeps.compareAndSet(true, false)) {
      near.wake();
    }
  }

  private void run() {
    while (!isClosed) {
      sleeps.set(true);
      if (fromFar.isEmpty()) {
        near.await(due.isEmpty() ? LONGEST_WAIT : WAIT_WITH_DUE);
      }
      sleeps.set(false);
      long now = System.nanoTime();
      for (int i = 0; i < BATCH; i++) {
        int length = near.read(buffer, 0);
        if (length <= 0) {
          break;
        }
        put(now, 0, Arrays.copyOf(buffer, length));
      }
      byte[] packet;
      for (int i = 0; i < 4 * BATCH && (packet = fromFar.poll()) != null; i++) {
        put(now, 1, packet);
      }
      release(System.nanoTime());
    }
  }

  private void put(long now, int direction, byte[] packet) {
    Faults f = faults;
    if (random.nextDouble() < f.loss) {
      return;
    }
    long at = now;
    if (f.bytesPerSecond > 0) {
      at = Math.max(now, freeAt[direction]);
      if (at - now > QUEUE_NANOS) {
        return;
      }
      at += packet.length * 1_000_000_000L / f.bytesPerSecond;
      freeAt[direction] = at;
    }
    at += f.delayNanos;
    if (random.nextDouble() < f.reorder) {
      at += REORDER_NANOS;
    }
    due.add(new Due(at, order++, direction, packet));
    if (random.nextDouble() < f.duplicate) {
      due.add(new Due(at, order++, direction, packet.clone()));
    }
  }

  private void release(long now) {
    Due first;
    while ((first = due.peek()) != null && first.at - now <= 0) {
      due.poll();
      if (first.direction == 0) {
        leaving.add(first.packet);
      } else {
        near.write(first.packet, 0, first.packet.length);
      }
    }
    if (!leaving.isEmpty()) {
      toFar.accept(List.copyOf(leaving));
      leaving.clear();
    }
  }

  @Override
  public void close() throws InterruptedException {
    isClosed = true;
    thread.join();
  }
}
