package dev.weft.control;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The clients that hold the line until an admin has let them in: one for each login, and no more
/// than [#MAX]. Whoever is put off for another asks again.
///
/// Everything is called with the lock held.
final class HeldLogins {
  /// As many as logins can wait.
  static final int MAX = 256;

  private final ReentrantLock lock;
  private final LinkedHashMap<String, Held> byUrl = new LinkedHashMap<>();

  HeldLogins(ReentrantLock lock) {
    this.lock = lock;
  }

  /// Another client holds. One that held for the same login is put off, and when there are too
  /// many, the one that holds longest.
  Held begin(String url) {
    Held previous = byUrl.remove(url);
    if (previous != null) {
      previous.putOff();
    }
    if (byUrl.size() >= MAX) {
      Iterator<Held> oldest = byUrl.values().iterator();
      oldest.next().putOff();
      oldest.remove();
    }
    Held held = new Held(url);
    byUrl.put(url, held);
    return held;
  }

  /// Makes all of them look again.
  void wakeAll() {
    byUrl.values().forEach(held -> held.news.signal());
  }

  /// A client that holds.
  final class Held {
    private final String url;
    private final Condition news = lock.newCondition();
    private boolean putOff;

    private Held(String url) {
      this.url = url;
    }

    /// Waits for any reason to look again.
    ///
    /// @return what is left of the time
    @SuppressWarnings("WaitNotInLoop") // the caller looks again, and waits again
    long await(long nanos) throws InterruptedException {
      return news.awaitNanos(nanos);
    }

    boolean isPutOff() {
      return putOff;
    }

    /// It need not hold any longer.
    void putOff() {
      putOff = true;
      news.signal();
    }

    /// It does not hold any more.
    void end() {
      byUrl.remove(url, this);
    }
  }
}
