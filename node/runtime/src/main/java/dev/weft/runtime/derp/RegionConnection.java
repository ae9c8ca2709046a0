package dev.weft.runtime.derp;

import dev.weft.base.Entropy;
import dev.weft.derp.Frame;
import dev.weft.derp.PacketFrames;
import dev.weft.derp.ServerInfo;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.runtime.loop.NodeLoop;
import dev.weft.tailcfg.DerpRegion;
import dev.weft.transport.proxy.Uplink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The shell of one [RegionLink]: carries out what it decides and tells it what happens.
final class RegionConnection implements RegionLink.Output {
  /// What all connections of a node have in common.
  ///
  /// @param onChange to be run when a deadline may have moved
  record Setup(
      NodeLoop loop,
      NodePrivateKey key,
      Entropy entropy,
      Uplink uplink,
      DerpListener listener,
      Runnable onChange,
      BooleanSupplier preferIpv6) {}

  private final int id;
  private final DerpRegion region;
  private final Setup setup;
  private final RegionLink link;

  private @Nullable RegionDial dial;
  private @Nullable Channel channel;
  private boolean flushIsDue;

  /// For packets whose buffer is not an array.
  private byte[] scratch = new byte[2048];

  RegionConnection(int id, DerpRegion region, Setup setup) {
    this.id = id;
    this.region = region;
    this.setup = setup;
    this.link = new RegionLink(setup.entropy());
  }

  // ---- From DerpClients

  void home(long now, boolean isHome) {
    link.handleHome(now, isHome, this);
  }

  void send(long now, byte[] frame) {
    link.handleSend(now, frame, this);
  }

  void rebind(long now) {
    link.handleRebind(now, this);
  }

  void remove(String reason) {
    link.handleRemoved(reason, this);
  }

  void timeout(long now) {
    link.handleTimeout(now, this);
  }

  long nextTimeout() {
    return link.nextTimeout();
  }

  boolean isConnected() {
    return link.isConnected();
  }

  long dropped() {
    return link.dropped();
  }

  // ---- What the link wants

  @Override
  public void connect() {
    RegionDial started = new RegionDial(region, setup, this::onDialled, this::onDialFailed);
    dial = started;
    started.start();
  }

  @Override
  public void write(byte[] frame) {
    write(Unpooled.wrappedBuffer(frame));
  }

  @Override
  public void notePreferred(boolean isHome) {
    write(new Frame.NotePreferred(isHome));
  }

  @Override
  public void close(String reason) {
    RegionDial dialling = dial;
    dial = null;
    if (dialling != null) {
      dialling.cancel();
    }
    Channel open = channel;
    channel = null;
    if (open != null) {
      abort(open);
      setup.listener().onDisconnected(id, reason);
    }
  }

  /// At once: TLS would wait for the relay to take what is due.
  private static void abort(Channel channel) {
    ChannelHandlerContext first = channel.pipeline().firstContext();
    if (first == null) {
      channel.close();
    } else {
      first.close();
    }
  }

  /// One flush for all that one turn of the loop writes.
  private void write(Object message) {
    Channel open = channel;
    if (open == null) {
      ReferenceCountUtil.release(message);
      return;
    }
    open.write(message, open.voidPromise());
    if (!flushIsDue) {
      flushIsDue = true;
      open.eventLoop()
          .execute(() -> {
            flushIsDue = false;
            open.flush();
          });
    }
  }

  // ---- What happens

  private void onDialled(RegionDial dialled, Channel opened, ServerInfo info) {
    if (dialled != dial) {
      abort(opened);
      return;
    }
    dial = null;
    channel = opened;
    opened.pipeline().addLast(new Frames());
    setup.listener().onConnected(id);
    link.handleConnected(setup.loop().now(), info, this);
    setup.onChange().run();
  }

  private void onDialFailed(RegionDial dialled, String reason) {
    if (dialled != dial) {
      return;
    }
    dial = null;
    link.handleClosed(setup.loop().now());
    setup.listener().onConnectFailed(id, reason);
    setup.onChange().run();
  }

  private void onClosed(Channel closed) {
    if (!closed.equals(channel)) {
      return;
    }
    channel = null;
    link.handleClosed(setup.loop().now());
    setup.listener().onDisconnected(id, "the relay hung up");
    setup.onChange().run();
  }

  private void onPacket(ByteBuf frame) {
    link.handlePacket(setup.loop().now());
    int at = frame.readerIndex();
    int length = frame.readableBytes() - PacketFrames.KEY_END;
    byte[] array;
    int offset;
    if (frame.hasArray()) {
      array = frame.array();
      offset = frame.arrayOffset() + at;
    } else {
      if (scratch.length < frame.readableBytes()) {
        scratch = new byte[Math.max(2 * scratch.length, frame.readableBytes())];
      }
      array = scratch;
      offset = 0;
      frame.getBytes(at, array, 0, frame.readableBytes());
    }
    NodeKey source = NodeKey.ofBytes(array, offset + PacketFrames.KEY_AT);
    setup.listener().onFrame(id);
    setup.listener().onPacket(id, source, array, offset + PacketFrames.KEY_END, length);
  }

  private void onFrame(Frame frame) {
    link.handleFrame(setup.loop().now());
    setup.listener().onFrame(id);
    switch (frame) {
      case Frame.Ping(long data) -> {
        // An answer to each ping that finds room: a relay that does not read gets none.
        Channel open = channel;
        if (open != null && open.isWritable()) {
          write(new Frame.Pong(data));
        }
      }
      case Frame.PeerGone(NodeKey peer, Frame.PeerGone.Reason reason) ->
          setup.listener().onPeerGone(id, peer, reason);
      case Frame.Health(String problem) -> setup.listener().onHealth(id, problem);
      // Nothing to do: we are alive, and when the relay restarts the connection ends by itself.
      case Frame.KeepAlive _, Frame.Pong _, Frame.Restarting _ -> {}
      // Of the handshake, for mesh peers, or what only clients send.
      case Frame.ServerKey _,
          Frame.SealedServerInfo _,
          Frame.SealedClientInfo _,
          Frame.SendPacket _,
          Frame.RecvPacket _,
          Frame.NotePreferred _,
          Frame.PeerPresent _,
          Frame.ForwardPacket _,
          Frame.WatchConns _,
          Frame.ClosePeer _ -> {}
    }
  }

  /// The end of the connection's pipeline.
  private final class Frames extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      if (!ctx.channel().equals(channel)) {
        ReferenceCountUtil.release(msg);
      } else if (msg instanceof ByteBuf frame) {
        try {
          onPacket(frame);
        } finally {
          frame.release();
        }
      } else if (msg instanceof Frame frame) {
        onFrame(frame);
      } else {
        ReferenceCountUtil.release(msg);
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      setup.listener().onPacketsEnd(id);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      if (ctx.channel().equals(channel)) {
        link.handleWritable(setup.loop().now(), ctx.channel().isWritable(), RegionConnection.this);
        setup.onChange().run();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      onClosed(ctx.channel());
    }

    /// Connections break; the end of the channel tells it.
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      abort(ctx.channel());
    }
  }
}
