package dev.weft.relay;

import dev.weft.derp.Frame;
import dev.weft.derp.FrameHeader;
import dev.weft.derp.FrameType;
import dev.weft.derp.PacketFrames;
import dev.weft.keys.NodeKey;
import dev.weft.relay.PacketQueue.Lane;
import dev.weft.transport.derp.DerpClientHandshake;
import dev.weft.transport.derp.DerpEvent;
import dev.weft.transport.derp.DerpTls;
import dev.weft.transport.derp.RelayIdentity;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// The connection to one other relay of the region: obeys a [MeshLink] and carries packets to the
/// clients there.
///
/// Runs on one event loop, but for [#forward], which the connections of clients call from theirs.
/// What waits for the other relay is bounded; the oldest packets are lost.
final class MeshConnection implements MeshLink.Output, AutoCloseable {
  private static final System.Logger LOG = System.getLogger("weft.relay");

  private static final int KEYS = 2 * NodeKey.BYTES;

  /// One other relay: its packets are those of many clients.
  private static final int MAX_WAITING = PacketQueue.MAX_FLOWING;

  private final Switchboard board;
  private final MeshKey meshKey;
  private final MeshWith target;
  private final X509TrustManager authorities;
  private final Bootstrap bootstrap;
  private final EventLoop loop;
  private final MeshLink link;
  private final long origin = System.nanoTime();

  private volatile @Nullable Outbox outbox;
  private volatile boolean watching;
  private @Nullable Channel channel;
  private @Nullable Future<?> timer;
  private int attempts;
  private boolean over;

  MeshConnection(
      Switchboard board,
      MeshKey meshKey,
      MeshWith target,
      X509TrustManager authorities,
      Bootstrap bootstrap,
      EventLoop loop) {
    this.board = board;
    this.meshKey = meshKey;
    this.target = target;
    this.authorities = authorities;
    this.loop = loop;
    this.bootstrap =
        bootstrap
            .group(loop)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel opened) throws SSLException {
                    handshake(opened);
                  }
                });
    this.link = new MeshLink(board.key().publicKey(), board.entropy());
  }

  void start() {
    loop.execute(() -> step(() -> link.handleTimeout(now(), this)));
  }

  /// Whether it knows who is at the other relay.
  boolean isWatching() {
    return watching;
  }

  /// Takes a client's SendPacket frame, which is given up with this. Any thread.
  void forward(Lane lane, byte[] sender, ByteBuf frame) {
    Outbox open = outbox;
    if (open == null) {
      // The clients there are about to be forgotten.
      board.traffic().dropped(RelayDrop.RECEIVER_GONE, 1);
    } else {
      board.events().forwardedOut.increment();
      open.deliver(lane, withSender(sender, frame));
    }
    frame.release();
  }

  /// There is no room for a second key in front of the packet: those bytes are another's.
  private static ByteBuf withSender(byte[] sender, ByteBuf frame) {
    int packet = frame.readableBytes() - PacketFrames.KEY_END;
    ByteBuf forwarded = frame.alloc().buffer(FrameHeader.LENGTH + KEYS + packet);
    forwarded.writeByte(FrameType.FORWARD_PACKET.code()).writeInt(KEYS + packet);
    forwarded.writeBytes(sender);
    forwarded.writeBytes(frame, frame.readerIndex() + PacketFrames.KEY_AT, NodeKey.BYTES + packet);
    return forwarded;
  }

  @Override
  public void close() {
    if (loop.isShuttingDown()) {
      return; // closed before
    }
    loop.execute(() -> {
      over = true;
      hangUp();
      if (timer != null) {
        timer.cancel(false);
      }
    });
  }

  // ---- What the link wants

  @Override
  public void dial() {
    Thread.ofVirtual()
        .name("derp-relay-mesh-lookup")
        .start(() -> {
          try {
            InetAddress[] found = InetAddress.getAllByName(target.dial());
            loop.execute(() -> connect(found[Math.floorMod(attempts++, found.length)]));
          } catch (IOException e) {
            loop.execute(() -> closed("there is no address for " + target.dial()));
          }
        });
  }

  private void connect(InetAddress address) {
    if (over) {
      return;
    }
    bootstrap
        .connect(new InetSocketAddress(address, target.port()))
        .addListener(done -> {
          if (!done.isSuccess()) {
            closed(String.valueOf(done.cause().getMessage()));
          }
        });
  }

  private void handshake(Channel opened) throws SSLException {
    opened
        .pipeline()
        .addLast(
            DerpTls.clientHandler(
                RelayIdentity.of(target.host(), target.certName(), false),
                authorities,
                opened.alloc(),
                target.host(),
                target.port()),
            new DerpClientHandshake(
                board.key(), meshKey.introduction(), target.host(), null, board.entropy()),
            new Stream());
  }

  @Override
  public void write(Frame frame) {
    Outbox open = outbox;
    if (open != null) {
      open.notice(frame);
    }
  }

  @Override
  public void hangUp() {
    if (channel != null) {
      Aborts.abort(channel);
    }
  }

  @Override
  public void present(NodeKey client) {
    board.mesh().present(client, this);
  }

  @Override
  public void gone(NodeKey client) {
    board.mesh().gone(client, this);
  }

  @Override
  public void event(MeshLink.Event event) {
    switch (event) {
      case MeshLink.Event.Joined _ -> LOG.log(Level.INFO, "mesh with {0}: joined", target);
      case MeshLink.Event.Lost(String reason) ->
          LOG.log(Level.WARNING, "mesh with {0}: {1}; will be tried again", target, reason);
      case MeshLink.Event.Itself _ ->
          LOG.log(Level.INFO, "mesh with {0}: this is that relay; not tried again", target);
    }
  }

  // ---- What happens

  private void step(Runnable event) {
    if (over) {
      return;
    }
    event.run();
    watching = link.isWatching();
    if (timer != null) {
      timer.cancel(false);
    }
    long next = link.nextTimeout();
    if (next != Long.MAX_VALUE) {
      timer =
          loop.schedule(
              () -> step(() -> link.handleTimeout(now(), this)),
              Math.max(0, next - now()),
              TimeUnit.NANOSECONDS);
    }
  }

  private void closed(String reason) {
    step(() -> link.handleClosed(now(), reason, this));
  }

  private long now() {
    return System.nanoTime() - origin;
  }

  /// Behind the handshake.
  private final class Stream extends ChannelInboundHandlerAdapter {
    private String ending = "the connection ended";

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      channel = ctx.channel();
      if (over) {
        ctx.close();
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof DerpEvent derp) {
        switch (derp) {
          case DerpEvent.Ready(NodeKey relay, _) -> {
            Channel open = ctx.channel();
            WriteGuard guard =
                new WriteGuard(open, ClientConnection.MESH_WRITE_TIMEOUT, () -> Aborts.abort(open));
            outbox =
                new Outbox(open, board.traffic(), board.events().noticesLost, guard, MAX_WAITING);
            step(() -> link.handleReady(now(), relay, MeshConnection.this));
          }
          case DerpEvent.Rejected(String reason) -> ending = reason;
          // A relay's event.
          case DerpEvent.Accepted _ -> {}
        }
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      if (msg instanceof Frame frame) {
        step(() -> link.handleFrame(now(), frame, MeshConnection.this));
      } else {
        // Packets for us by key, from whoever knows it: a relay is no node.
        ReferenceCountUtil.release(msg);
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      Outbox open = outbox;
      if (open != null) {
        open.writabilityChanged();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      Outbox open = outbox;
      outbox = null;
      channel = null;
      if (open != null) {
        open.close();
      }
      closed(ending);
    }

    /// Connections break; that is no news.
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
