package dev.weft.runtime.loop;

import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Wakes a core at its next deadline.
///
/// Deadlines move with almost every packet, nearly always to a later time, so a wake-up that turns
/// out too early is cheaper than cancelling one per packet: only an earlier deadline re-arms.
public final class CoreTimer {
  private final NodeLoop loop;
  private final Runnable onTimeout;
  private @Nullable ScheduledFuture<?> pending;
  private long pendingAt = Long.MAX_VALUE;
  private long wanted = Long.MAX_VALUE;

  /// `onTimeout` runs on the loop, when [NodeLoop#now] has reached the deadline, and sets the next
  /// one with [#setDeadline].
  public CoreTimer(NodeLoop loop, Runnable onTimeout) {
    this.loop = loop;
    this.onTimeout = onTimeout;
  }

  /// Replaces the deadline; `Long.MAX_VALUE` for none.
  public void setDeadline(long deadline) {
    wanted = deadline;
    if (deadline < pendingAt) {
      if (pending != null) {
        pending.cancel(false);
      }
      arm(deadline);
    }
  }

  private void arm(long deadline) {
    pendingAt = deadline;
    pending =
        loop.eventLoop()
            .schedule(this::fire, Math.max(0, deadline - loop.now()), TimeUnit.NANOSECONDS);
  }

  private void fire() {
    pending = null;
    pendingAt = Long.MAX_VALUE;
    if (wanted == Long.MAX_VALUE) {
      return;
    }
    if (loop.now() < wanted) {
      arm(wanted);
      return;
    }
    wanted = Long.MAX_VALUE;
    onTimeout.run();
  }
}
