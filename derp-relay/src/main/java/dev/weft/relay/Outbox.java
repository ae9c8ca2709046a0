package dev.weft.relay;

import dev.weft.derp.Frame;
import dev.weft.derp.FrameType;
import dev.weft.derp.PacketFrames;
import dev.weft.relay.PacketQueue.Lane;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// What one client is to be given, and the writing of it in batches: one flush for all that has
/// come for it in a turn of its event loop.
///
/// Runs on that loop, but for [#deliver], [#notice] and [#wakeUp], which are for any thread. A
/// packet is never copied while its receiver keeps up.
final class Outbox {
  /// So many packets between connections of one event loop are written at once, without waiting for
  /// the end of the batch that brought them.
  private static final int WRITE_THROUGH = 64;

  private final Channel channel;
  private final TrafficCounters traffic;
  private final LongAdder noticesLost;
  private final WriteGuard guard;
  private final PacketQueue<ByteBuf> queue;
  private final Runnable drain = this::drain;
  private final AtomicBoolean drainIsDue = new AtomicBoolean();
  private volatile boolean flowing = true;
  private volatile @Nullable MeshWatch watch;
  private boolean draining;
  private int sinceDrain;

  /// @param noticesLost counts those that had to go for newer ones
  /// @param maxWaiting packets of a kind that are kept for a connection that is full
  Outbox(
      Channel channel,
      TrafficCounters traffic,
      LongAdder noticesLost,
      WriteGuard guard,
      int maxWaiting) {
    this.noticesLost = noticesLost;
    this.queue = new PacketQueue<>(maxWaiting);
    this.channel = channel;
    this.traffic = traffic;
    this.guard = guard;
  }

  /// Queues a frame, which is the queue's from then on.
  void deliver(Lane lane, ByteBuf frame) {
    boolean keepsUp = flowing;
    ByteBuf dropped = queue.offer(lane, keepsUp ? frame : compact(frame), keepsUp);
    if (dropped != null) {
      drop(dropped, queue.isClosed() ? RelayDrop.RECEIVER_GONE : RelayDrop.QUEUE_FULL);
    }
    if (!wakeUp() && channel.eventLoop().inEventLoop() && ++sinceDrain >= WRITE_THROUGH) {
      drain();
    }
  }

  void notice(Frame frame) {
    deliver(Lane.NOTICE, Unpooled.wrappedBuffer(frame.encode()));
  }

  /// There is something to write.
  ///
  /// @return false when it is about to be written anyway
  boolean wakeUp() {
    boolean due = drainIsDue.compareAndSet(false, true);
    if (due) {
      channel.eventLoop().execute(drain);
    }
    return due;
  }

  /// From now on the client is told, behind all else, what the watch has.
  void watch(MeshWatch started) {
    watch = started;
  }

  /// The channel takes more, or no more.
  void writabilityChanged() {
    drain();
  }

  /// Nothing is delivered any more.
  void close() {
    queue.close();
    for (ByteBuf left = queue.poll(); left != null; left = queue.poll()) {
      drop(left, RelayDrop.RECEIVER_GONE);
    }
  }

  /// A slice keeps the whole buffer of its neighbours alive. What may wait long gets its own.
  private ByteBuf compact(ByteBuf frame) {
    ByteBuf own = channel.alloc().buffer(frame.readableBytes()).writeBytes(frame);
    frame.release();
    return own;
  }

  private void drain() {
    drainIsDue.set(false);
    sinceDrain = 0;
    if (draining) {
      return;
    }
    draining = true;
    boolean wrote = true;
    while (wrote && channel.isWritable()) {
      wrote = writeBatch();
    }
    draining = false;
    flowing = channel.isWritable();
    if (!flowing) {
      for (ByteBuf old = queue.pollExcess(); old != null; old = queue.pollExcess()) {
        drop(old, RelayDrop.QUEUE_FULL);
      }
    }
  }

  /// Writes until the queue is empty or the channel full, then flushes once.
  private boolean writeBatch() {
    long packets = 0;
    long bytes = 0;
    boolean wrote = false;
    while (channel.isWritable()) {
      ByteBuf frame = next();
      if (frame == null) {
        break;
      }
      if (isOf(FrameType.RECV_PACKET, frame)) {
        packets++;
        bytes += frame.readableBytes() - PacketFrames.KEY_END;
      }
      channel.write(frame, channel.voidPromise());
      wrote = true;
    }
    if (wrote) {
      traffic.sent(packets, bytes);
      channel.flush();
      guard.written();
    }
    return wrote;
  }

  private @Nullable ByteBuf next() {
    ByteBuf frame = queue.poll();
    MeshWatch watching = watch;
    if (frame == null && watching != null) {
      Frame news = watching.poll();
      return news == null ? null : Unpooled.wrappedBuffer(news.encode());
    }
    return frame;
  }

  private void drop(ByteBuf frame, RelayDrop reason) {
    if (isOf(FrameType.RECV_PACKET, frame) || isOf(FrameType.FORWARD_PACKET, frame)) {
      traffic.dropped(reason, 1);
    } else if (reason == RelayDrop.QUEUE_FULL) {
      noticesLost.increment();
    }
    frame.release();
  }

  private static boolean isOf(FrameType type, ByteBuf frame) {
    return frame.getByte(frame.readerIndex()) == type.code();
  }
}
