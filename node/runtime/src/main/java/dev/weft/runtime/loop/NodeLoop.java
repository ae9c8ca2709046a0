package dev.weft.runtime.loop;

import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread that owns a node's data plane.
public final class NodeLoop implements AutoCloseable {
  /// Commands from other threads that wait for the loop; more are refused. Map updates and dials
  /// come by the dozen.
  static final int MAX_PENDING_COMMANDS = 4096;

  /// Commands run before sockets and timers get their turn again.
  private static final int COMMANDS_PER_TURN = 256;

  private static final Logger LOG = LoggerFactory.getLogger(NodeLoop.class);

  private final Transport transport;
  private final MultiThreadIoEventLoopGroup group;
  private final IoEventLoop eventLoop;
  private final LoopClock clock = new LoopClock();
  private final ArrayBlockingQueue<Runnable> commands =
      new ArrayBlockingQueue<>(MAX_PENDING_COMMANDS);
  private final AtomicBoolean draining = new AtomicBoolean();
  private final LongAdder refused = new LongAdder();

  public NodeLoop() {
    this(Transport.best());
  }

  public NodeLoop(Transport transport) {
    this.transport = transport;
    this.group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("weft-node", true), transport.ioHandlers());
    this.eventLoop = group.next();
  }

  public Transport transport() {
    return transport;
  }

  public IoEventLoop eventLoop() {
    return eventLoop;
  }

  /// The time of the cores; for the loop's own thread.
  public long now() {
    return clock.now();
  }

  /// Runs a command on the loop, after those submitted before it. Answers false, and drops the
  /// command, when the queue is full or the loop is gone: whoever can wait tries again, whoever
  /// cannot counts it.
  public boolean submit(Runnable command) {
    if (eventLoop.isShuttingDown() || !commands.offer(command)) {
      refused.increment();
      return false;
    }
    if (draining.compareAndSet(false, true)) {
      eventLoop.execute(this::drain);
    }
    return true;
  }

  /// Runs something on the loop and waits for its result. Never call it on the loop.
  public <T> T call(Callable<T> command) throws InterruptedException {
    if (eventLoop.inEventLoop()) {
      throw new IllegalStateException("the node loop cannot wait for itself");
    }
    var result = eventLoop.submit(command).await();
    if (!result.isSuccess()) {
      throw new IllegalStateException(result.cause());
    }
    return result.getNow();
  }

  /// Calls `onSuspend` on the loop each time the machine has come back from sleep, until the
  /// answered future is cancelled.
  public Future<?> watchSuspend(Runnable onSuspend) {
    return eventLoop.scheduleAtFixedRate(
        () -> {
          if (clock.noticeSuspend()) {
            run(onSuspend);
          }
        },
        1,
        1,
        TimeUnit.SECONDS);
  }

  public long refusedCommands() {
    return refused.sum();
  }

  /// Closes every channel of the loop and ends its thread.
  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
  }

  private void drain() {
    draining.set(false); // before the first poll: a command offered from now on starts another turn
    for (int i = 0; i < COMMANDS_PER_TURN; i++) {
      Runnable command = commands.poll();
      if (command == null) {
        return;
      }
      run(command);
    }
    if (draining.compareAndSet(false, true)) {
      eventLoop.execute(this::drain);
    }
  }

  /// A command that throws is a defect of ours; it must not take the data plane with it.
  private static void run(Runnable command) {
    try {
      command.run();
    } catch (RuntimeException e) {
      LOG.error("a command of the node loop failed", e);
    }
  }
}
