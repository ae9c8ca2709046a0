package dev.weft.runtime.control;

import dev.weft.keys.MachineKey;
import dev.weft.transport.ts2021.UpgradeException;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Keeps one connection to control: dials when one is asked for and there is none that works.
final class Connector implements Closeable {
  /// A second dial within this time goes over TLS at once (`docs/protocol/control.md` §2.2).
  private static final Duration RECENT = Duration.ofMinutes(2);

  private final ControlSettings settings;
  private final ServerKeys keys;
  private final NoiseDialer dialer;
  private final DialBudget budget = new DialBudget(); // guarded by lock
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable ControlConnection connection;
  private String lastFailure = "the control server does not keep connections"; // guarded by lock
  private @Nullable Long lastDialNanos;
  private volatile boolean closed;

  Connector(ControlSettings settings, ServerKeys keys, NoiseDialer dialer) {
    this.settings = settings;
    this.keys = keys;
    this.dialer = dialer;
  }

  /// The connection to use now.
  ControlConnection get() throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      ControlConnection now = connection;
      if (now == null || !now.isUsable()) {
        now = dial();
        connection = now;
      }
      return now;
    } finally {
      lock.unlock();
    }
  }

  /// Gives a connection up that does not do; the next caller dials.
  void drop() {
    ControlConnection now = connection;
    connection = null;
    if (now != null) {
      now.close();
    }
  }

  /// Gives the connection up when this failure may mean that it is dead. One that was closed shows
  /// that by itself, and a server that refuses something is alive.
  void suspect(IOException failure) {
    if (failure instanceof SilenceException) {
      drop();
    }
  }

  /// Accepts a new key of the server.
  void forgetServerKey() throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      drop();
      keys.forget();
    } finally {
      lock.unlock();
    }
  }

  private ControlConnection dial() throws IOException, InterruptedException {
    if (closed) {
      throw ControlException.of("the control client is closed");
    }
    Duration wait = budget.take(System.nanoTime());
    if (wait.isPositive()) {
      throw ControlException.retryAfter(lastFailure, wait);
    }
    try {
      return dialNow();
    } catch (IOException e) {
      lastFailure = Dialer.reason(e);
      throw e;
    }
  }

  private ControlConnection dialNow() throws IOException, InterruptedException {
    MachineKey key = keys.key();
    long now = System.nanoTime();
    boolean recent = lastDialNanos != null && now - lastDialNanos < RECENT.toNanos();
    lastDialNanos = now;
    try {
      return new ControlConnection(dialer.dial(DialPlan.of(settings.server(), recent), key));
    } catch (UpgradeException e) {
      keys.confirm(); // says so when the server has another key by now
      throw e;
    }
  }

  @Override
  public void close() {
    closed = true;
    drop();
  }
}
