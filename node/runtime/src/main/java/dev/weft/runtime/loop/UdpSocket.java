package dev.weft.runtime.loop;

import dev.weft.base.Endpoint;
import dev.weft.base.Segments;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One UDP socket of the node loop.
final class UdpSocket {
  /// What may wait in front of a socket that takes no more: a few tenths of a second at a gigabit;
  /// then datagrams are dropped, as the kernel would. The senders inside the tunnel see the loss
  /// and slow down.
  private static final int MAX_QUEUED_BYTES = 4 * 1024 * 1024;

  /// The kernel takes at most 64 segments and a UDP payload's length per call; 44 full-size ones
  /// are as fast and stay clear of both.
  private static final int MAX_SEGMENTS = 44;

  private static final int MAX_SEGMENTED_BYTES = 65_000;
  private static final int KERNEL_BUFFER = 7 * 1024 * 1024;
  private static final int MAX_CACHED_ADDRESSES = 256;
  private static final long CLOSE_MILLIS = 2000;

  private static final Logger LOG = LoggerFactory.getLogger(UdpSocket.class);
  private static final ChannelOption<Integer> IPV6_V6ONLY =
      new IntegerUnixChannelOption("IPV6_V6ONLY", 41, 26);
  private static final ChannelOption<Integer> SO_SNDBUFFORCE =
      new IntegerUnixChannelOption("SO_SNDBUFFORCE", 1, 32);
  private static final ChannelOption<Integer> SO_RCVBUFFORCE =
      new IntegerUnixChannelOption("SO_RCVBUFFORCE", 1, 33);

  private final Channel channel;
  private final @Nullable UdpReceiver receiver;
  private final UdpCounters counters;
  private final Runnable flush = this::flush;
  private final Map<Endpoint, InetSocketAddress> addresses =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Endpoint, InetSocketAddress> eldest) {
          return size() > MAX_CACHED_ADDRESSES;
        }
      };
  private boolean canSegment;
  private boolean flushPending;

  private UdpSocket(
      Channel channel, @Nullable UdpReceiver receiver, boolean canSegment, UdpCounters counters) {
    this.channel = channel;
    this.receiver = receiver;
    this.canSegment = canSegment;
    this.counters = counters;
  }

  /// How sockets are read.
  ///
  /// @param batcher takes what Netty reads
  /// @param receiving reads instead of Netty, where that can be
  record Reading(DatagramBatcher batcher, @Nullable Receiving receiving) {}

  /// Begins to read a socket that is bound.
  @FunctionalInterface
  interface Receiving {
    UdpReceiver begin(int descriptor) throws IOException, InterruptedException;
  }

  static UdpSocket bind(
      NodeLoop loop,
      SocketProtocolFamily family,
      InetSocketAddress address,
      Reading reading,
      UdpCounters counters)
      throws IOException, InterruptedException {
    Transport transport = loop.transport();
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop.eventLoop())
            .channelFactory(() -> transport.datagramChannel(family))
            // Receive offload delivers up to 64 KiB at once.
            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(65_535))
            .option(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(MAX_QUEUED_BYTES / 2, MAX_QUEUED_BYTES))
            .option(ChannelOption.AUTO_READ, reading.receiving() == null)
            .handler(new Receiver(reading.batcher()));
    if (transport == Transport.EPOLL) {
      // Not together with MAX_DATAGRAM_PAYLOAD_SIZE: recvmmsg has no room for the segment size.
      bootstrap.option(EpollChannelOption.UDP_GRO, true);
      if (family == SocketProtocolFamily.INET6) {
        bootstrap.option(IPV6_V6ONLY, 1);
      }
    }
    ChannelFuture binding = bootstrap.bind(address);
    boolean isOpen = false;
    try {
      UdpSocket socket = open(binding.await(), transport, reading, counters);
      isOpen = true;
      return socket;
    } finally {
      if (!isOpen) { // the port is free again when the caller knows
        binding.channel().close().awaitUninterruptibly(CLOSE_MILLIS);
      }
    }
  }

  private static UdpSocket open(
      ChannelFuture bound, Transport transport, Reading reading, UdpCounters counters)
      throws IOException, InterruptedException {
    if (!bound.isSuccess()) {
      throw bound.cause() instanceof IOException e ? e : new IOException(bound.cause());
    }
    Channel channel = bound.channel();
    enlargeBuffers(channel, transport);
    UdpReceiver receiver =
        reading.receiving() != null && channel instanceof UnixChannel unix
            ? reading.receiving().begin(unix.fd().intValue())
            : null;
    UdpSocket socket = new UdpSocket(channel, receiver, transport.canSegment(), counters);
    channel.pipeline().addLast(socket.new SendFailures());
    return socket;
  }

  /// Root may exceed the system's limit; others get what the limit allows.
  private static void enlargeBuffers(Channel channel, Transport transport) {
    if (transport == Transport.EPOLL
        && tryOption(channel, SO_RCVBUFFORCE)
        && tryOption(channel, SO_SNDBUFFORCE)) {
      return;
    }
    tryOption(channel, ChannelOption.SO_RCVBUF);
    tryOption(channel, ChannelOption.SO_SNDBUF);
  }

  private static boolean tryOption(Channel channel, ChannelOption<Integer> option) {
    try {
      return channel.config().setOption(option, KERNEL_BUFFER);
    } catch (RuntimeException _) {
      return false;
    }
  }

  int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  void close() {
    if (receiver != null) {
      receiver.stop();
    }
    channel.close();
  }

  void send(Endpoint to, Segments datagrams) {
    int length = datagrams.length();
    ByteBuf bytes = channel.alloc().directBuffer(length, length);
    bytes.writeBytes(datagrams.array(), datagrams.offset(), length);
    send(to, bytes, datagrams.segmentSize());
  }

  /// Sends what is readable of `bytes` in datagrams of `segmentSize`, and releases it.
  void send(Endpoint to, ByteBuf bytes, int segmentSize) {
    InetSocketAddress address = addresses.computeIfAbsent(to, Endpoint::toSocketAddress);
    int perCall = canSegment ? Math.clamp(MAX_SEGMENTED_BYTES / segmentSize, 1, MAX_SEGMENTS) : 1;
    while (bytes.isReadable()) {
      int length = (int) Math.min((long) perCall * segmentSize, bytes.readableBytes());
      int count = (length + segmentSize - 1) / segmentSize;
      if (channel.bytesBeforeUnwritable() < length) {
        counters.sendBufferFull.add((bytes.readableBytes() + segmentSize - 1) / segmentSize);
        break;
      }
      write(address, bytes.readRetainedSlice(length), count == 1 ? 0 : segmentSize);
      counters.sentDatagrams.add(count);
    }
    bytes.release();
    if (!flushPending) {
      flushPending = true;
      channel.eventLoop().execute(flush);
    }
  }

  private void write(InetSocketAddress address, ByteBuf bytes, int segmentSize) {
    channel.write(
        segmentSize == 0
            ? new DatagramPacket(bytes, address)
            : new SegmentedDatagramPacket(bytes, segmentSize, address),
        channel.voidPromise());
  }

  private void flush() {
    flushPending = false;
    channel.flush();
  }

  /// Both directions report here: void promises turn a failed send into an exception of the
  /// channel.
  private final class SendFailures extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (!(cause instanceof IOException)) {
        LOG.error("the engine failed on a received datagram", cause);
        return;
      }
      counters.sendFailed.increment();
      if (canSegment && String.valueOf(cause.getMessage()).contains("Input/output error")) {
        canSegment = false; // EIO: a device on the way cannot segment, and never will
      }
    }
  }

  private static final class Receiver extends ChannelInboundHandlerAdapter {
    private final DatagramBatcher batcher;

    Receiver(DatagramBatcher batcher) {
      this.batcher = batcher;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      DatagramPacket packet = (DatagramPacket) message;
      try {
        batcher.add(packet.sender(), packet.content());
      } finally {
        packet.release();
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      batcher.flush();
    }
  }
}
