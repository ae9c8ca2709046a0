package dev.weft.relay;

import dev.weft.derp.Frame;
import dev.weft.derp.Frame.PeerGone;
import dev.weft.derp.FrameType;
import dev.weft.derp.PacketFrames;
import dev.weft.keys.NodeKey;
import dev.weft.relay.PacketQueue.Lane;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// One client's connection, from its acceptance on: takes its packets to their receivers, and gives
/// it what others send.
///
/// Runs on the connection's event loop, but for [#deliver] and [#close], which the connections of
/// others call from theirs. A packet is never copied while its receiver keeps up: the bytes that
/// were read get another type and key in front and are written.
final class ClientConnection extends ChannelInboundHandlerAdapter {
  /// So many packets between connections of one event loop are written at once, without waiting for
  /// the end of the batch that brought them.
  private static final int WRITE_THROUGH = 64;

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /// Keepalives of many clients should not come at once.
  private static final int KEEP_ALIVE_JITTER_MILLIS = 5_000;

  private final Switchboard board;
  private final Channel channel;
  private final NodeKey key;
  private final byte[] rawKey;
  private final TrafficCounters traffic;
  private final PacketQueue<ByteBuf> queue = new PacketQueue<>();
  private final Receivers receivers;
  private final WriteGuard guard;

  // dataplane.md §5.4: notices of absent peers, one a second, three at once.
  private final RateLimit absences = new RateLimit(SECOND, 3);

  private final AtomicBoolean drainIsDue = new AtomicBoolean();
  private volatile boolean flowing = true;
  private boolean draining;
  private int sinceDrain;
  private boolean isHome;

  ClientConnection(Switchboard board, Channel channel, NodeKey key) {
    this.board = board;
    this.channel = channel;
    this.key = key;
    this.rawKey = key.raw().toArray();
    this.traffic = new TrafficCounters(board.traffic());
    this.receivers = new Receivers(key, board.clients());
    this.guard = new WriteGuard(channel, board.writeTimeout(), this::close);
  }

  /// Joins the others: from now on the client receives.
  void start() {
    board.clients().add(key, this).ifPresent(ClientConnection::close);
    scheduleKeepAlive();
  }

  Traffic traffic() {
    return traffic.snapshot();
  }

  /// Ends the connection at once: TLS would wait for the other side to take what is due. Any
  /// thread.
  void close() {
    Aborts.abort(channel);
  }

  // ---- From the client

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    receivers.noteWrite(this);
    if (msg instanceof ByteBuf frame) {
      forward(frame);
    } else if (msg instanceof Frame frame) {
      onFrame(frame);
    } else {
      ReferenceCountUtil.release(msg);
    }
  }

  private void onFrame(Frame frame) {
    switch (frame) {
      case Frame.Ping(long data) -> notice(new Frame.Pong(data));
      case Frame.NotePreferred(boolean home) -> isHome = home;
      case Frame.Pong _ -> {}
      // Rights of mesh peers, and this relay has none.
      case Frame.WatchConns _, Frame.ClosePeer _, Frame.ForwardPacket _ -> close();
      case Frame.SealedClientInfo _ -> close();
      // The codec passes over what only relays send, and gives packets as bytes.
      case Frame.ServerKey _,
          Frame.SealedServerInfo _,
          Frame.SendPacket _,
          Frame.RecvPacket _,
          Frame.KeepAlive _,
          Frame.PeerGone _,
          Frame.PeerPresent _,
          Frame.Health _,
          Frame.Restarting _ -> {}
    }
  }

  private void forward(ByteBuf frame) {
    int packetLength = frame.readableBytes() - PacketFrames.KEY_END;
    traffic.received(1, packetLength);
    Lane lane = DiscoPackets.isDisco(frame, PacketFrames.KEY_END) ? Lane.DISCO : Lane.DATA;
    ClientConnection receiver = receivers.find(frame);
    if (receiver == null) {
      traffic.dropped(RelayDrop.UNKNOWN_DESTINATION, 1);
      // dataplane.md §5.4: only disco asks whether anyone is there.
      if (lane == Lane.DISCO && absences.tryPass(System.nanoTime())) {
        notice(new PeerGone(Receivers.destination(frame), PeerGone.Reason.NOT_HERE));
      }
      frame.release();
      return;
    }
    int at = frame.readerIndex();
    frame.setByte(at, FrameType.RECV_PACKET.code());
    frame.setBytes(at + PacketFrames.KEY_AT, rawKey);
    receiver.deliver(lane, frame);
  }

  // ---- To the client

  /// Queues a frame, which is the queue's from then on. Any thread.
  void deliver(Lane lane, ByteBuf frame) {
    boolean keepsUp = flowing;
    ByteBuf dropped = queue.offer(lane, keepsUp ? frame : compact(frame), keepsUp);
    if (dropped != null) {
      drop(dropped, queue.isClosed() ? RelayDrop.RECEIVER_GONE : RelayDrop.QUEUE_FULL);
    }
    if (drainIsDue.compareAndSet(false, true)) {
      channel.eventLoop().execute(this::drain);
    } else if (channel.eventLoop().inEventLoop() && ++sinceDrain >= WRITE_THROUGH) {
      drain();
    }
  }

  void notice(Frame frame) {
    deliver(Lane.NOTICE, Unpooled.wrappedBuffer(frame.encode()));
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
      ByteBuf frame = queue.poll();
      if (frame == null) {
        break;
      }
      if (frame.getByte(frame.readerIndex()) == FrameType.RECV_PACKET.code()) {
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

  private void drop(ByteBuf frame, RelayDrop reason) {
    if (frame.getByte(frame.readerIndex()) == FrameType.RECV_PACKET.code()) {
      traffic.dropped(reason, 1);
    }
    frame.release();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    drain();
  }

  private void scheduleKeepAlive() {
    long millis = board.keepAlive().toMillis() + board.entropy().below(KEEP_ALIVE_JITTER_MILLIS);
    channel
        .eventLoop()
        .schedule(
            () -> {
              if (channel.isActive()) {
                notice(new Frame.KeepAlive());
                scheduleKeepAlive();
              }
            },
            millis,
            TimeUnit.MILLISECONDS);
  }

  // ---- The end

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    boolean last = board.clients().remove(key, this);
    queue.close();
    for (ByteBuf left = queue.poll(); left != null; left = queue.poll()) {
      drop(left, RelayDrop.RECEIVER_GONE);
    }
    if (last) {
      PeerGone gone = new PeerGone(key, PeerGone.Reason.DISCONNECTED);
      receivers.forEachRemembered(receiver -> receiver.notice(gone));
    }
  }

  /// Connections break; that is no news.
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    close();
  }

  boolean isHome() {
    return isHome;
  }
}
