package dev.weft.serve;

import dev.weft.serve.http1.HeadScanner;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.UncheckedBooleanSupplier;
import java.util.LinkedHashSet;
import java.util.Set;

/// Divides the memory for what waits between connections: each may hold its part of [#TOTAL], so
/// that many who take nothing of what is sent to them hold no more than a few do. Few connections
/// have as much as a fast transfer can use. Event loop only.
///
/// A part bounds what waits to be written to a connection together with one read for it from the
/// other side; both are set on the channel. Parts change only when the number of connections has
/// doubled or halved, so that the round over all of them is rare.
final class BufferShare {
  /// A node has 64 MB of direct memory for all that it does.
  static final int TOTAL = 24 << 20;

  /// So many connections, clients' and backends', are no reason to hurry anybody: each has 96 KB.
  private static final int FEW = 256;

  private static final int LARGEST_READ = 64 << 10;
  private static final int LARGEST_MARK = 256 << 10;

  /// Beyond 6144 channels the sum exceeds the total; [ServeService] bounds by how much.
  private static final int SMALLEST = 4 << 10;

  /// Enough for what browsers send with all their cookies.
  private static final int LEAST_HEAD = 8 << 10;

  private final Set<Channel> channels = new LinkedHashSet<>();
  private final RecvByteBufAllocator reads = new Reads();
  private int divisor = 1;

  /// Takes a channel in until it closes. Joining twice is joining once.
  void join(Channel channel) {
    if (!channels.add(channel)) {
      return;
    }
    channel.config().setRecvByteBufAllocator(reads);
    mark(channel);
    channel.closeFuture().addListener(_ -> leave(channel));
    if (channels.size() > divisor) {
      divide(divisor * 2);
    }
  }

  private void leave(Channel channel) {
    channels.remove(channel);
    if (channels.size() < divisor / 4) {
      divide(divisor / 2);
    }
  }

  private void divide(int by) {
    divisor = by;
    channels.forEach(this::mark);
  }

  private void mark(Channel channel) {
    int high = largestBacklog();
    channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(high / 4, high));
  }

  private int part() {
    return Math.max(SMALLEST, TOTAL / divisor);
  }

  /// From how many bytes on that wait for a connection the other side is not read.
  int largestBacklog() {
    return Math.min(LARGEST_MARK, part() / 2);
  }

  int largestRead() {
    return Math.min(LARGEST_READ, part() / 2);
  }

  /// How much of a head may wait for its rest.
  int largestHead() {
    return Math.clamp(part(), LEAST_HEAD, HeadScanner.MAX_HEAD);
  }

  /// Whether there are so many that nobody may hold a connection at leisure.
  boolean isScarce() {
    return divisor > FEW;
  }

  int size() {
    return channels.size();
  }

  /// As large as reads have lately been of use, and never larger than the part allows now.
  private final class Reads implements RecvByteBufAllocator {
    private final RecvByteBufAllocator adaptive = new AdaptiveRecvByteBufAllocator();

    @Override
    @SuppressWarnings("deprecation") // Netty has no other name for the handle.
    public Handle newHandle() {
      return new Bounded((ExtendedHandle) adaptive.newHandle());
    }
  }

  private final class Bounded extends RecvByteBufAllocator.DelegatingHandle
      implements RecvByteBufAllocator.ExtendedHandle {
    private final RecvByteBufAllocator.ExtendedHandle adaptive;

    Bounded(RecvByteBufAllocator.ExtendedHandle adaptive) {
      super(adaptive);
      this.adaptive = adaptive;
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      return allocator.ioBuffer(guess());
    }

    @Override
    public int guess() {
      return Math.min(super.guess(), largestRead());
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier mayHaveMore) {
      return adaptive.continueReading(mayHaveMore);
    }
  }
}
