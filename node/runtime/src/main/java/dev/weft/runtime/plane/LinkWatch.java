package dev.weft.runtime.plane;

import dev.weft.base.Ip;
import dev.weft.runtime.backend.HostFacts;
import dev.weft.runtime.loop.NodeLoop;
import io.netty.util.concurrent.Future;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Notices that the machine's addresses have changed, by looking every few seconds. Asking the
/// kernel to tell would need netlink; looking works everywhere, and a few seconds are what the
/// peers' own timers take to notice.
final class LinkWatch {
  private static final long SECONDS = 5;

  private final NodeLoop loop;
  private final Consumer<Collection<Ip>> onChange;
  private @Nullable Future<?> timer;
  private boolean looking;
  private Set<Ip> last;

  /// @param onChange called on the loop
  LinkWatch(NodeLoop loop, Set<Ip> present, Consumer<Collection<Ip>> onChange) {
    this.loop = loop;
    this.last = present;
    this.onChange = onChange;
  }

  void start() {
    timer = loop.eventLoop().scheduleWithFixedDelay(this::look, SECONDS, SECONDS, TimeUnit.SECONDS);
  }

  void stop() {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  /// Reading the interfaces takes system calls: not on the loop.
  private void look() {
    if (looking) {
      return;
    }
    looking = true;
    Thread.ofVirtual()
        .name("weft-links")
        .start(() -> {
          Set<Ip> now = new TreeSet<>(HostFacts.addresses());
          loop.eventLoop().execute(() -> compare(now));
        });
  }

  private void compare(Set<Ip> now) {
    looking = false;
    if (!now.equals(last)) {
      last = now;
      onChange.accept(now);
    }
  }
}
