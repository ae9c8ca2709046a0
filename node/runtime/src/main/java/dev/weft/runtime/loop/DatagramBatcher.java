package dev.weft.runtime.loop;

import dev.weft.base.Datagrams;
import dev.weft.base.Endpoint;
import dev.weft.base.Segments;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// Puts consecutive datagrams of one source and equal size together: Netty splits what the kernel
/// coalesced, and the engine wants the batch back.
final class DatagramBatcher {
  private static final int CAPACITY = 64 * 1024;

  /// The most segments the kernel coalesces into one.
  private static final int MAX_SEGMENTS = 64;

  private final DatagramHandler handler;
  private final UdpCounters counters;
  private final byte[] batch = new byte[CAPACITY];
  private @Nullable InetSocketAddress source;
  private @Nullable Endpoint endpoint;
  private int length;
  private int segmentSize;
  private int count;
  private boolean ended;

  DatagramBatcher(DatagramHandler handler, UdpCounters counters) {
    this.handler = handler;
    this.counters = counters;
  }

  void add(InetSocketAddress from, ByteBuf datagram) {
    int size = datagram.readableBytes();
    counters.receivedDatagrams.increment();
    if (size == 0) {
      return; // carries nothing for anybody
    }
    if (count > 0 && !fits(from, size)) {
      flush();
    }
    if (count == 0) {
      segmentSize = size;
      remember(from);
    }
    datagram.readBytes(batch, length, size);
    length += size;
    count++;
    ended = size < segmentSize; // only the last segment may be shorter
  }

  /// Hands over what is there.
  void flush() {
    if (count == 0 || endpoint == null) {
      return;
    }
    Segments segments = Segments.of(batch, 0, length, segmentSize);
    length = 0;
    count = 0;
    ended = false;
    counters.receivedBatches.increment();
    handler.handleDatagrams(endpoint, Datagrams.of(segments));
  }

  private boolean fits(InetSocketAddress from, int size) {
    return !ended
        && size <= segmentSize
        && count < MAX_SEGMENTS
        && length + size <= CAPACITY
        && from.equals(source);
  }

  /// Most batches come from the peer of the batch before.
  private void remember(InetSocketAddress from) {
    if (!from.equals(source) || endpoint == null) {
      source = from;
      endpoint = Endpoint.of(from);
    }
  }
}
