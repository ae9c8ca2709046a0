package dev.weft.relay;

import dev.weft.base.Endpoint;
import dev.weft.derp.Frame;
import dev.weft.derp.Frame.PeerGone;
import dev.weft.derp.Frame.PeerPresent;
import dev.weft.derp.FrameHeader;
import dev.weft.derp.FrameType;
import dev.weft.derp.PacketFrames;
import dev.weft.keys.NodeKey;
import dev.weft.relay.PacketQueue.Lane;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One client's connection, from its acceptance on: takes its packets to their receivers, and gives
/// it what others send.
///
/// Runs on the connection's event loop, but for [#deliver] and [#close], which the connections of
/// others call from theirs. A packet is not copied: the bytes that were read get another type and
/// key in front and go into the receiver's [Outbox].
final class ClientConnection extends ChannelInboundHandlerAdapter {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /// What a frame that is no packet counts for at least, against the client's rate.
  private static final int SMALL_FRAME = 16;

  // dataplane.md §5.4: mesh peers get more time to take what is due.
  static final Duration MESH_WRITE_TIMEOUT = Duration.ofSeconds(30);

  private static final String CONTESTED =
      "Another machine is connected to the relay with this node's key, so packets reach now the one"
          + " and now the other: was this machine cloned with its state? Log one of them out and in"
          + " again.";

  /// Keepalives of many clients should not come at once.
  private static final int KEEP_ALIVE_JITTER_MILLIS = 5_000;

  private final Switchboard board;
  private final Channel channel;
  private final NodeKey key;
  private final byte[] rawKey;
  private final ClientRole role;
  private final TrafficCounters traffic;
  private final Outbox outbox;
  private final Receivers receivers;
  private final RateGate rate;

  // dataplane.md §5.4: notices of absent peers, one a second, three at once.
  private final RateLimit absences = new RateLimit(SECOND, 3);

  /// Of a mesh peer: sender and receiver of the packet that it forwarded last.
  private final ByteBuf lastPair;

  private int lastForgotten;

  private boolean isHome;

  /// Set when the client, a mesh peer, watches.
  private volatile @Nullable MeshWatch watch;

  ClientConnection(Switchboard board, Channel channel, NodeKey key, ClientRole role) {
    this.board = board;
    this.channel = channel;
    this.key = key;
    this.role = role;
    this.rawKey = key.raw().toArray();
    this.lastPair =
        role.meshes() ? Unpooled.wrappedBuffer(new byte[2 * NodeKey.BYTES]) : Unpooled.EMPTY_BUFFER;
    this.traffic = new TrafficCounters(board.traffic());
    this.receivers = new Receivers(key, board.clients(), !role.meshes());
    Duration patience = role.meshes() ? MESH_WRITE_TIMEOUT : board.writeTimeout();
    this.outbox =
        new Outbox(
            channel,
            traffic,
            board.events().noticesLost,
            new WriteGuard(channel, patience, this::onStall),
            PacketQueue.MAX_WAITING);
    this.rate = new RateGate(board.rates(), board.events().paused);
  }

  /// Joins the others: from now on the client receives.
  void start() {
    board.clients().add(key, this, System.nanoTime()).ifPresent(ClientConnection::close);
    board.events().clients.increment();
    ClientSet<ClientConnection> set = board.clients().find(key);
    if (set != null && set.isContested()) { // the others were told when it began
      notice(new Frame.Health(CONTESTED));
    }
    tellWatchers();
    scheduleKeepAlive();
  }

  private void tellWatchers() {
    board.watchers().forEach(watcher -> watcher.onPresenceChanged(key));
  }

  private void onStall() {
    board.events().stalled.increment();
    close();
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
    if (receivers.noteWrite(this)) {
      onContest();
    }
    if (msg instanceof ByteBuf packet) {
      rate.read(packet.readableBytes() - FrameHeader.LENGTH);
      onPacket(packet);
    } else if (msg instanceof Frame frame) {
      rate.read(SMALL_FRAME);
      onFrame(frame);
    } else {
      ReferenceCountUtil.release(msg);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    // Mesh peers carry what many clients send.
    if (!role.meshes()) {
      rate.readComplete(channel);
    }
  }

  private void onContest() {
    board.events().contested.increment();
    ClientSet<ClientConnection> set = board.clients().find(key);
    if (set != null) {
      set.connections().forEach(connection -> connection.notice(new Frame.Health(CONTESTED)));
    }
  }

  private void onFrame(Frame frame) {
    switch (frame) {
      case Frame.Ping(long data) -> notice(new Frame.Pong(data));
      case Frame.NotePreferred(boolean home) -> isHome = home;
      case Frame.Pong _ -> {}
      case Frame.WatchConns _ -> onWatch();
      case Frame.ClosePeer(NodeKey peer) -> onClosePeer(peer);
      case Frame.SealedClientInfo _ -> close();
      // The codec passes over what only relays send, and gives packets as bytes.
      case Frame.ServerKey _,
          Frame.SealedServerInfo _,
          Frame.SendPacket _,
          Frame.RecvPacket _,
          Frame.ForwardPacket _,
          Frame.KeepAlive _,
          Frame.PeerGone _,
          Frame.PeerPresent _,
          Frame.Health _,
          Frame.Restarting _ -> {}
    }
  }

  private void onPacket(ByteBuf frame) {
    if (frame.getByte(frame.readerIndex()) == FrameType.SEND_PACKET.code()) {
      forward(frame);
    } else if (role.meshes()) {
      forwardForMeshPeer(frame);
    } else {
      frame.release();
      close();
    }
  }

  private void forward(ByteBuf frame) {
    traffic.received(1, frame.readableBytes() - PacketFrames.KEY_END);
    ClientConnection receiver = receivers.find(frame, PacketFrames.KEY_AT);
    if (receiver == null) {
      MeshConnection relay = board.mesh().routeTo(frame, frame.readerIndex() + PacketFrames.KEY_AT);
      if (relay == null) {
        onUnknown(frame, PacketFrames.KEY_AT, PacketFrames.KEY_END);
      } else {
        relay.forward(laneOf(frame, PacketFrames.KEY_END), rawKey, frame);
      }
    } else {
      int at = frame.readerIndex();
      frame.setByte(at, FrameType.RECV_PACKET.code());
      frame.setBytes(at + PacketFrames.KEY_AT, rawKey);
      receiver.deliver(laneOf(frame, PacketFrames.KEY_END), frame);
    }
  }

  /// A ForwardPacket frame names the sender too, and before the receiver: without the receiver's
  /// key it is what the receiver is to get. Never goes on to another relay, so none can go in
  /// circles.
  private void forwardForMeshPeer(ByteBuf frame) {
    int receiverAt = PacketFrames.KEY_END;
    int packetAt = receiverAt + NodeKey.BYTES;
    board.events().forwardedIn.increment();
    traffic.received(1, frame.readableBytes() - packetAt);
    ClientConnection receiver = receivers.find(frame, receiverAt);
    if (receiver == null) {
      onUnknown(frame, receiverAt, packetAt);
    } else {
      noteFarSender(frame, receiver);
      int at = frame.readerIndex() + NodeKey.BYTES;
      frame.setBytes(
          at + PacketFrames.KEY_AT, frame, at - NodeKey.BYTES + PacketFrames.KEY_AT, NodeKey.BYTES);
      frame.readerIndex(at);
      frame.setByte(at, FrameType.RECV_PACKET.code());
      frame.setInt(at + 1, frame.readableBytes() - FrameHeader.LENGTH);
      receiver.deliver(laneOf(frame, PacketFrames.KEY_END), frame);
    }
  }

  /// Sender and receiver stand behind each other in the frame; a pair that follows itself is noted
  /// once.
  private void noteFarSender(ByteBuf frame, ClientConnection receiver) {
    int at = frame.readerIndex() + PacketFrames.KEY_AT;
    int forgotten = board.mesh().forgotten();
    if (lastForgotten != forgotten
        || !ByteBufUtil.equals(frame, at, lastPair, 0, lastPair.capacity())) {
      lastForgotten = forgotten;
      frame.getBytes(at, lastPair, 0, lastPair.capacity());
      board.mesh().noteSender(Receivers.keyAt(frame, at), receiver.key);
    }
  }

  /// A packet is for nobody: it is released and, where that is due, the client told.
  private void onUnknown(ByteBuf frame, int keyAt, int packetAt) {
    traffic.dropped(RelayDrop.UNKNOWN_DESTINATION, 1);
    // dataplane.md §5.4: only disco asks whether anyone is there.
    if (laneOf(frame, packetAt) == Lane.DISCO && absences.tryPass(System.nanoTime())) {
      NodeKey absent = Receivers.keyAt(frame, frame.readerIndex() + keyAt);
      notice(new PeerGone(absent, PeerGone.Reason.NOT_HERE));
    }
    frame.release();
  }

  private static Lane laneOf(ByteBuf frame, int packetAt) {
    return DiscoPackets.isDisco(frame, packetAt) ? Lane.DISCO : Lane.DATA;
  }

  // ---- For mesh peers

  private void onWatch() {
    if (!role.meshes()) {
      close();
      return;
    }
    // Its own key: a relay that has connected to itself.
    if (watch != null || key.equals(board.key().publicKey())) {
      return;
    }
    MeshWatch started = new MeshWatch(board.clients());
    watch = started;
    outbox.watch(started);
    // From here on it hears of changes; what it hears twice does no harm.
    board.watchers().add(this);
    board.clients().keys().forEach(started::changed);
    outbox.wakeUp();
  }

  /// Another client has come or gone. Any thread.
  private void onPresenceChanged(NodeKey client) {
    MeshWatch watching = watch;
    if (watching != null) {
      if (watching.changed(client)) {
        outbox.wakeUp();
      } else {
        close();
      }
    }
  }

  private void onClosePeer(NodeKey peer) {
    if (!role.meshes()) {
      close();
      return;
    }
    ClientSet<ClientConnection> set = board.clients().find(peer);
    if (set != null) {
      set.connections().forEach(ClientConnection::close);
    }
  }

  /// What mesh peers are told of this client. Any thread.
  Frame presence() {
    Endpoint from = role.from();
    return new PeerPresent(key, from, from == null ? 0 : role.presence());
  }

  // ---- To the client

  /// Queues a frame, which is the queue's from then on. Any thread.
  void deliver(Lane lane, ByteBuf frame) {
    outbox.deliver(lane, frame);
  }

  /// Any thread.
  void notice(Frame frame) {
    outbox.notice(frame);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    outbox.writabilityChanged();
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
    if (watch != null) {
      board.watchers().remove(this);
    }
    outbox.close();
    if (last) {
      tellWatchers();
      board.mesh().clientLeft(key, receivers);
    } else {
      settleContest();
    }
  }

  private void settleContest() {
    ClientSet<ClientConnection> set = board.clients().find(key);
    if (set != null && set.settled()) {
      set.connections().forEach(left -> left.notice(new Frame.Health("")));
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
