package dev.weft.control;

import dev.weft.base.Entropy;
import dev.weft.control.tailnet.Change;
import dev.weft.control.tailnet.MapMessage;
import dev.weft.control.tailnet.MapRound;
import dev.weft.control.tailnet.MapSession;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The open map streams, and the thread that tells them what is new.
///
/// It does so in rounds: under the tailnet's lock it takes down what every stream has to be told,
/// most of them the same, and outside it encodes each different message once and sends it. [Pace]
/// says when the next round may begin. A stream that has not taken its last message is left out,
/// and told the state of the moment when it has.
final class MapStreams implements AutoCloseable {
  /// Clients give up after 120 s of silence; the spread keeps a thousand nodes from waking at once.
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(50);

  private static final int KEEP_ALIVE_SPREAD_SECONDS = 10;
  private static final long CHORES_NANOS = 1_000_000_000;

  private static final Logger log = LoggerFactory.getLogger(MapStreams.class);

  private final TreeMap<Long, MapStream> byNode = new TreeMap<>();
  private final MapFrames frames = new MapFrames();
  private final Semaphore bell = new Semaphore(0);
  private final ReentrantLock lock;
  private final InstantSource clock;
  private final Entropy entropy;
  private final ControlMetrics metrics;
  private final Thread thread;
  private final Pace pace = new Pace(System.nanoTime());
  private long choresNanos = System.nanoTime();
  private volatile boolean closed;

  /// @param lock the tailnet's
  MapStreams(ReentrantLock lock, InstantSource clock, Entropy entropy, ControlMetrics metrics) {
    this.metrics = metrics;
    this.lock = lock;
    this.clock = clock;
    this.entropy = entropy;
    this.thread = Thread.ofPlatform().name("weft-control-maps").daemon().start(this::run);
  }

  // With the lock held.

  /// Adds a stream, in place of one that its node had.
  MapStream open(MapSession session, MapStream.Outlet outlet) {
    MapStream stream = new MapStream(session, outlet, this::ring, System.nanoTime());
    @Nullable MapStream replaced = byNode.put(session.nodeId(), stream);
    if (replaced != null) {
      replaced.outlet().finish();
    }
    return stream;
  }

  /// A stream is gone.
  ///
  /// @return whether it was its node's last
  boolean close(MapStream stream) {
    return byNode.remove(stream.session().nodeId(), stream);
  }

  void note(Change change) {
    @Nullable MapStream own = byNode.get(change.nodeId());
    if (own != null && own.session().isOver()) {
      byNode.remove(change.nodeId());
      own.outlet().finish();
    }
    if (!byNode.isEmpty()) {
      byNode.values().forEach(stream -> stream.session().note(change));
      ring();
    }
  }

  void finishAll() {
    byNode.values().forEach(stream -> stream.outlet().finish());
    byNode.clear();
  }

  int count() {
    return byNode.size();
  }

  // Without it.

  /// The first message of a stream.
  void begin(MapStream stream, MapMessage first) {
    send(stream, frame(stream, first.encode()));
  }

  byte[] frame(String compression, MapMessage message) {
    return frames.frame(compression, message.encode());
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }

  private void ring() {
    if (bell.availablePermits() == 0) {
      bell.release();
    }
  }

  private void run() {
    while (!closed) {
      try {
        boolean isRung = bell.tryAcquire(CHORES_NANOS, TimeUnit.NANOSECONDS);
        if (isRung) {
          TimeUnit.NANOSECONDS.sleep(pace.waitNanos(System.nanoTime()));
          bell.drainPermits();
          pace.spend(System.nanoTime(), tellAll());
        }
        if (System.nanoTime() - choresNanos >= CHORES_NANOS) {
          choresNanos = System.nanoTime();
          doChores();
        }
      } catch (InterruptedException _) {
        return;
      } catch (RuntimeException e) {
        log.warn("could not tell the nodes what is new; trying again", e);
        ring();
      }
    }
  }

  /// @return how many messages that took
  private int tellAll() {
    List<Letter> letters = new ArrayList<>();
    lock.lock();
    try {
      MapRound round = new MapRound();
      for (MapStream stream : byNode.values()) {
        if (stream.session().hasNews() && stream.isReady()) {
          stream
              .session()
              .next(clock.instant(), round)
              .ifPresent(message -> letters.add(new Letter(stream, message)));
        }
      }
    } finally {
      lock.unlock();
    }
    IdentityHashMap<MapMessage, byte[]> encoded = new IdentityHashMap<>();
    for (Letter letter : letters) {
      byte[] json = encoded.computeIfAbsent(letter.message, MapMessage::encode);
      send(letter.stream, frame(letter.stream, json));
    }
    return letters.size();
  }

  private void send(MapStream stream, byte[] frame) {
    metrics.told(frame.length);
    stream.send(frame, System.nanoTime(), untilKeepAlive());
  }

  private byte[] frame(MapStream stream, byte[] json) {
    return frames.frame(stream.outlet().compression(), json);
  }

  private void doChores() {
    List<MapStream> due = new ArrayList<>();
    List<MapStream> stuck = new ArrayList<>();
    long now = System.nanoTime();
    lock.lock();
    try {
      Collection<MapStream> all = byNode.values();
      all.stream().filter(stream -> stream.isDueForKeepAlive(now)).forEach(due::add);
      all.stream().filter(stream -> stream.isStuck(now)).forEach(stuck::add);
    } finally {
      lock.unlock();
    }
    stuck.forEach(stream -> stream.outlet().abort());
    for (MapStream stream : due) {
      send(stream, frames.keepAlive(stream.outlet().compression()));
    }
  }

  private long untilKeepAlive() {
    return KEEP_ALIVE.plusSeconds(entropy.below(KEEP_ALIVE_SPREAD_SECONDS)).toNanos();
  }

  private record Letter(MapStream stream, MapMessage message) {}
}
