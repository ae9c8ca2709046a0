package dev.weft.netstack.channel;

import dev.weft.netstack.TcpSocket;
import io.netty.channel.AbstractServerChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// A listening port of the userspace stack, on all own addresses.
public final class NetstackServerChannel extends AbstractServerChannel {
  /// Accepted connections that wait while the channel does not read; more are reset.
  private static final int BACKLOG = 128;

  private final NetstackLoop loop;
  private final ChannelConfig config = new DefaultChannelConfig(this);
  private final ArrayDeque<TcpSocket> waiting = new ArrayDeque<>();
  private @Nullable InetSocketAddress local;
  private boolean isOpen = true;
  private boolean readPending;

  NetstackServerChannel(NetstackLoop loop) {
    this.loop = loop;
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
    return isOpen && local != null;
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
  protected void doBind(SocketAddress address) throws BindException {
    int wanted = ((InetSocketAddress) address).getPort();
    int port = loop.stack().listen(wanted, this::onAccepted);
    if (port == 0) {
      throw new BindException("Address already in use: port " + wanted);
    }
    local = new InetSocketAddress(((InetSocketAddress) address).getAddress(), port);
  }

  @Override
  protected void doClose() {
    isOpen = false;
    InetSocketAddress bound = local;
    if (bound != null) {
      loop.stack().unlisten(bound.getPort());
    }
    TcpSocket socket;
    while ((socket = waiting.poll()) != null) {
      socket.abort();
    }
    loop.requestFlush();
  }

  @Override
  protected void doBeginRead() {
    readPending = true;
    if (!waiting.isEmpty()) {
      eventLoop().execute(this::hand);
    }
  }

  private void onAccepted(TcpSocket socket) {
    if (!isOpen || waiting.size() >= BACKLOG) {
      socket.abort();
      return;
    }
    waiting.add(socket);
    if (readPending) {
      hand();
    }
  }

  private void hand() {
    TcpSocket socket;
    boolean any = false;
    while (isOpen && readPending && (socket = waiting.poll()) != null) {
      any = true;
      pipeline().fireChannelRead(new NetstackChannel(this, loop, socket));
    }
    if (any) {
      readPending = false;
      pipeline().fireChannelReadComplete();
    }
  }
}
