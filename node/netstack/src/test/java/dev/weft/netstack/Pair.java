package dev.weft.netstack;

import dev.weft.base.Endpoint;
import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.base.Segments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Two stacks, a link with faults between them, and a virtual clock.
final class Pair {
  static final Ip A4 = Ip.parse("100.64.0.1");
  static final Ip A6 = Ip.parse("fd7a:115c:a1e0::1");
  static final Ip B4 = Ip.parse("100.64.0.2");
  static final Ip B6 = Ip.parse("fd7a:115c:a1e0::2");
  static final long MILLI = 1_000_000L;
  static final long SECOND = 1_000 * MILLI;

  /// What the link does to packets, each direction alike.
  record Faults(
      double loss, double reorder, double duplicate, double corrupt, long delay, long jitter) {
    static final Faults NONE = new Faults(0, 0, 0, 0, MILLI / 2, 0);

    static Faults loss(double probability, long delay) {
      return new Faults(probability, 0, 0, 0, delay, 0);
    }
  }

  private static final class Arrival {
    final long at;
    final long order;
    final Netstack to;
    final byte[] packet;

    Arrival(long at, long order, Netstack to, byte[] packet) {
      this.at = at;
      this.order = order;
      this.to = to;
      this.packet = packet;
    }
  }

  final Netstack a;
  final Netstack b;
  final Random random;
  long now = SECOND;
  Faults faults = Faults.NONE;

  /// Bytes per second of each direction, 0 for no limit, with a queue of `queueBytes` before it.
  long rate;

  long queueBytes = 1 << 20;
  long packets;
  long lost;
  int largestBatch;

  /// Sees every packet put on the link, before faults.
  Consumer<byte[]> tap = packet -> {};

  private final PriorityQueue<Arrival> arrivals =
      new PriorityQueue<>(
          Comparator.<Arrival>comparingLong(x -> x.at).thenComparingLong(x -> x.order));
  private final long[] linkFree = new long[2];
  private long order;

  Pair(long seed) {
    this(seed, NetstackConfig.DEFAULT);
  }

  Pair(long seed, NetstackConfig config) {
    random = new Random(seed);
    Entropy entropy = random::nextBytes;
    a = new Netstack(config, entropy);
    b = new Netstack(config, entropy);
    a.setAddresses(List.of(A4, A6));
    b.setAddresses(List.of(B4, B6));
  }

  private Netstack.Output output(Netstack from) {
    boolean fromA = from.equals(a);
    Netstack to = fromA ? b : a;
    int direction = fromA ? 0 : 1;
    return segments -> {
      largestBatch = Math.max(largestBatch, segments.count());
      for (int i = 0; i < segments.count(); i++) {
        int at = segments.offset(i);
        put(to, direction, Arrays.copyOfRange(segments.array(), at, at + segments.length(i)));
      }
    };
  }

  private void put(Netstack to, int direction, byte[] packet) {
    packets++;
    tap.accept(packet);
    if (random.nextDouble() < faults.loss) {
      lost++;
      return;
    }
    if (random.nextDouble() < faults.corrupt) {
      packet[random.nextInt(packet.length)] ^= (byte) (1 << random.nextInt(8));
    }
    int copies = random.nextDouble() < faults.duplicate ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      long leaves = now;
      if (rate > 0) {
        leaves = Math.max(now, linkFree[direction]);
        if ((leaves - now) * rate / SECOND > queueBytes) {
          lost++;
          return;
        }
        leaves += packet.length * SECOND / rate;
        linkFree[direction] = leaves;
      }
      long at = leaves + faults.delay;
      if (faults.jitter > 0) {
        at += random.nextLong(faults.jitter);
      }
      if (random.nextDouble() < faults.reorder) {
        at += random.nextLong(3 * MILLI);
      }
      arrivals.add(new Arrival(at, order++, to, packet));
    }
  }

  /// Puts a packet of the test's own making on the way to `to`.
  void inject(Netstack to, byte[] packet) {
    arrivals.add(new Arrival(now, order++, to, packet));
  }

  /// Runs until `done`, or throws after `limit` virtual time.
  void runUntil(BooleanSupplier done, long limit) {
    long end = now + limit;
    flush();
    while (!done.getAsBoolean()) {
      if (!step(end)) {
        throw new AssertionError("not done after " + limit / MILLI + " ms of virtual time");
      }
    }
  }

  /// Runs for `time`, whatever happens.
  void runFor(long time) {
    long end = now + time;
    flush();
    while (step(end)) {}
    now = end;
  }

  private boolean step(long end) {
    long next = Math.min(a.nextTimeout(), b.nextTimeout());
    Arrival first = arrivals.peek();
    if (first != null) {
      next = Math.min(next, first.at);
    }
    if (next > end) {
      return false;
    }
    now = Math.max(now, next);
    List<Arrival> due = new ArrayList<>();
    while (!arrivals.isEmpty() && arrivals.peek().at <= now) {
      due.add(arrivals.poll());
    }
    for (Arrival arrival : due) {
      Segments single = Segments.single(arrival.packet, 0, arrival.packet.length);
      arrival.to.handlePackets(now, single, output(arrival.to));
    }
    a.handleTimeout(now, output(a));
    b.handleTimeout(now, output(b));
    flush();
    return true;
  }

  void flush() {
    a.flush(now, output(a));
    b.flush(now, output(b));
  }

  /// Connects A to a port of B where `server` listens; both ends are handlers that record.
  Peer connect(int port, boolean v4) {
    Peer client = new Peer();
    client.socket = a.connect(now, new Endpoint(v4 ? B4 : B6, port), client);
    return client;
  }

  Peer listen(int port) {
    Peer server = new Peer();
    b.listen(
        port,
        socket -> {
          server.socket = socket;
          socket.setHandler(server);
          server.onConnected();
        });
    return server;
  }
}
