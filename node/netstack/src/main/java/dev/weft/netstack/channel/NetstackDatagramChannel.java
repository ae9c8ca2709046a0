package dev.weft.netstack.channel;

import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.netstack.UdpHandler;
import dev.weft.netstack.UdpSocket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AbstractChannel;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// A UDP port of the userspace stack. Messages are [DatagramPacket]s both ways.
///
/// As with every UDP socket, a datagram that finds a full queue is lost without a word.
public final class NetstackDatagramChannel extends AbstractChannel {
  private static final ChannelMetadata METADATA = new ChannelMetadata(true, 16);

  /// Received datagrams that wait for the channel to read.
  private static final int MAX_WAITING = 1024;

  private final NetstackLoop loop;
  private final ChannelConfig config = new DefaultChannelConfig(this);
  private final ArrayDeque<DatagramPacket> waiting = new ArrayDeque<>();
  private final Runnable readTask = this::hand;
  private @Nullable UdpSocket socket;
  private @Nullable InetSocketAddress local;
  private @Nullable InetSocketAddress remote;
  private boolean isOpen = true;
  private boolean readPending;
  private boolean readScheduled;

  NetstackDatagramChannel(NetstackLoop loop) {
    super(null);
    this.loop = loop;
  }

  static ByteBuf copy(byte[] array, int offset, int length) {
    return ByteBufAllocator.DEFAULT.buffer(length).writeBytes(array, offset, length);
  }

  @Override
  public ChannelConfig config() {
    return config;
  }

  @Override
  public boolean isOpen() {
    return isOpen;
  }

  @Override
  public boolean isActive() {
    return isOpen && socket != null;
  }

  @Override
  public ChannelMetadata metadata() {
    return METADATA;
  }

  @Override
  protected AbstractUnsafe newUnsafe() {
    return new DatagramUnsafe();
  }

  @Override
  protected boolean isCompatible(EventLoop eventLoop) {
    return eventLoop.equals(loop.eventLoop());
  }

  @Override
  protected @Nullable SocketAddress localAddress0() {
    return local;
  }

  @Override
  protected @Nullable SocketAddress remoteAddress0() {
    return remote;
  }

  @Override
  protected void doBind(SocketAddress address) throws BindException {
    InetSocketAddress wanted = (InetSocketAddress) address;
    boolean any = wanted.getAddress() == null || wanted.getAddress().isAnyLocalAddress();
    Ip ip = any ? null : Ip.of(wanted.getAddress());
    UdpSocket bound = loop.stack().bind(ip, wanted.getPort(), new Events());
    if (bound == null) {
      throw new BindException("Address already in use: " + wanted);
    }
    socket = bound;
    local = new InetSocketAddress(wanted.getAddress(), bound.port());
  }

  @Override
  protected void doDisconnect() {
    remote = null;
  }

  @Override
  protected void doClose() {
    isOpen = false;
    UdpSocket bound = socket;
    if (bound != null) {
      bound.close();
    }
    DatagramPacket packet;
    while ((packet = waiting.poll()) != null) {
      packet.release();
    }
  }

  private final class Events implements UdpHandler {
    @Override
    public void onDatagram(Endpoint to, Endpoint from, byte[] array, int offset, int length) {
      InetSocketAddress sender = NetstackLoop.socketAddress(from);
      boolean foreign = remote != null && !sender.equals(remote);
      if (!isOpen || foreign || waiting.size() >= MAX_WAITING) {
        return;
      }
      ByteBuf payload = config.getAllocator().buffer(length).writeBytes(array, offset, length);
      waiting.add(new DatagramPacket(payload, NetstackLoop.socketAddress(to), sender));
      scheduleRead();
    }

    /// As for kernel sockets, only a connected one hears of it.
    @Override
    public void onUnreachable(Endpoint from, Endpoint to) {
      if (isOpen && NetstackLoop.socketAddress(to).equals(remote)) {
        eventLoop()
            .execute(() ->
                pipeline().fireExceptionCaught(new PortUnreachableException("port unreachable")));
      }
    }
  }

  @Override
  protected void doBeginRead() {
    readPending = true;
    scheduleRead();
  }

  private void scheduleRead() {
    if (readPending && !readScheduled && !waiting.isEmpty()) {
      readScheduled = true;
      eventLoop().execute(readTask);
    }
  }

  private void hand() {
    readScheduled = false;
    if (!readPending || !isOpen) {
      return;
    }
    readPending = false;
    DatagramPacket packet;
    for (int i = 0; i < METADATA.defaultMaxMessagesPerRead(); i++) {
      packet = waiting.poll();
      if (packet == null) {
        break;
      }
      pipeline().fireChannelRead(packet);
    }
    pipeline().fireChannelReadComplete();
  }

  @Override
  protected Object filterOutboundMessage(Object message) {
    if (message instanceof ByteBuf && remote != null) {
      return message;
    }
    if (message instanceof AddressedEnvelope<?, ?> e
        && e.content() instanceof ByteBuf
        && e.recipient() instanceof InetSocketAddress) {
      return message;
    }
    throw new UnsupportedOperationException("unsupported message: " + message.getClass().getName());
  }

  @Override
  protected void doWrite(ChannelOutboundBuffer in) {
    Object message;
    while ((message = in.current()) != null) {
      if (message instanceof AddressedEnvelope<?, ?> e && e.content() instanceof ByteBuf payload) {
        send((InetSocketAddress) e.recipient(), payload);
      } else if (message instanceof ByteBuf payload) {
        send(remote, payload);
      }
      in.remove();
    }
    loop.requestFlush();
  }

  private void send(@Nullable InetSocketAddress to, ByteBuf payload) {
    UdpSocket bound = socket;
    if (bound != null && to != null && !to.isUnresolved()) {
      bound.send(Endpoint.of(to), payload.nioBuffer());
    }
  }

  private final class DatagramUnsafe extends AbstractUnsafe {
    /// Only remembers the peer: what others send is not taken.
    @Override
    public void connect(SocketAddress to, @Nullable SocketAddress from, ChannelPromise promise) {
      if (!promise.setUncancellable() || !ensureOpen(promise)) {
        return;
      }
      try {
        if (socket == null) {
          doBind(from == null ? new InetSocketAddress(0) : from);
        }
        remote = (InetSocketAddress) to;
        safeSetSuccess(promise);
        pipeline().fireChannelActive();
      } catch (BindException e) {
        safeSetFailure(promise, e);
        closeIfClosed();
      }
    }
  }
}
