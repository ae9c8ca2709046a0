package dev.weft.relay;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Ends a connection whose other side takes nothing while there is something to take. Runs on the
/// channel's event loop.
final class WriteGuard {
  private final Channel channel;
  private final long timeoutMillis;
  private final Runnable onStall;
  private boolean watching;

  /// What stood first in line at the last look, and how much of it had been taken.
  private @Nullable Object current;

  private long progress;

  /// @param onStall ends the connection; on its event loop
  WriteGuard(Channel channel, Duration timeout, Runnable onStall) {
    this.channel = channel;
    this.onStall = onStall;
    this.timeoutMillis = timeout.toMillis();
  }

  /// Something has been written and flushed.
  void written() {
    if (!watching && look() != null) {
      watch();
    }
  }

  private void watch() {
    watching = true;
    channel.eventLoop().schedule(this::check, timeoutMillis, TimeUnit.MILLISECONDS);
  }

  @SuppressWarnings("ReferenceEquality") // the very message, not one like it
  private void check() {
    watching = false;
    Object before = current;
    long progressBefore = progress;
    Object now = look();
    if (now == null) {
      return;
    }
    if (now == before && progress == progressBefore) {
      onStall.run();
    } else {
      watch();
    }
  }

  /// The first message in line, null when all has been taken.
  private @Nullable Object look() {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    current = waiting == null ? null : waiting.current();
    progress = current == null ? 0 : waiting.currentProgress();
    return current;
  }
}
