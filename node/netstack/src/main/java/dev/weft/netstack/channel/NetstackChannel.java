package dev.weft.netstack.channel;

import dev.weft.base.Endpoint;
import dev.weft.netstack.CloseReason;
import dev.weft.netstack.TcpHandler;
import dev.weft.netstack.TcpSocket;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.FileRegion;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ConnectionPendingException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A TCP connection of the userspace stack as a Netty channel.
///
/// It lives on the stack's event loop. It behaves as a kernel socket's channel does; in particular
/// what was flushed before `close()` is still delivered.
public final class NetstackChannel extends AbstractChannel implements DuplexChannel {
  private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

  /// The real client's keep-alive of forwarded connections (`docs/protocol/dataplane.md` §8).
  private static final long KEEP_ALIVE_IDLE = TimeUnit.HOURS.toNanos(2);

  private static final long KEEP_ALIVE_INTERVAL = TimeUnit.SECONDS.toNanos(75);

  private final NetstackLoop loop;
  private final NetstackChannelConfig config = new NetstackChannelConfig(this);
  private final Events events = new Events();
  private final Runnable readTask = this::read0;
  private @Nullable TcpSocket socket;
  private @Nullable InetSocketAddress local;
  private @Nullable InetSocketAddress remote;
  private @Nullable ChannelPromise connectPromise;
  private @Nullable Promise<Channel> established;
  private @Nullable Future<?> connectTimer;
  private boolean isOpen = true;
  private boolean isConnected;
  private boolean readPending;
  private boolean readScheduled;
  private boolean inputShutdown;
  private boolean outputShutdown;
  private boolean endSeen;
  private boolean isFinished;

  /// One that will connect.
  NetstackChannel(NetstackLoop loop) {
    super(null);
    this.loop = loop;
  }

  /// One that a listener has accepted.
  NetstackChannel(NetstackServerChannel parent, NetstackLoop loop, TcpSocket accepted) {
    super(parent);
    this.loop = loop;
    isConnected = true;
    adopt(accepted);
    accepted.setHandler(events);
  }

  /// One that a forwarder is accepting: its handshake is still to be completed.
  NetstackChannel(NetstackLoop loop, Flow flow, Function<TcpHandler, TcpSocket> accept) {
    super(null);
    this.loop = loop;
    local = flow.local();
    remote = flow.remote();
    established = loop.eventLoop().newPromise();
    socket = accept.apply(events);
  }

  private void adopt(TcpSocket s) {
    socket = s;
    local = NetstackLoop.socketAddress(s.local());
    remote = NetstackLoop.socketAddress(s.remote());
  }

  Future<Channel> established() {
    Promise<Channel> promise = established;
    if (promise == null) {
      throw new IllegalStateException("not being accepted");
    }
    return promise;
  }

  void applyOptions() {
    TcpSocket s = socket;
    if (s != null) {
      s.setNoDelay(config.isNoDelay());
      s.setKeepAlive(config.isKeepAlive() ? KEEP_ALIVE_IDLE : 0, KEEP_ALIVE_INTERVAL);
      loop.requestFlush();
    }
  }

  void clearReadPending() {
    readPending = false;
  }

  @Override
  public NetstackChannelConfig config() {
    return config;
  }

  @Override
  public boolean isOpen() {
    return isOpen;
  }

  @Override
  public boolean isActive() {
    return isOpen && isConnected;
  }

  @Override
  public ChannelMetadata metadata() {
    return METADATA;
  }

  @Override
  protected AbstractUnsafe newUnsafe() {
    return new NetstackUnsafe();
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

  /// The stack chooses the local address and port.
  @Override
  protected void doBind(SocketAddress localAddress) {
    throw new UnsupportedOperationException("bind before connect");
  }

  @Override
  protected void doDisconnect() {
    doClose();
  }

  @Override
  protected void doClose() {
    isOpen = false;
    inputShutdown = true;
    outputShutdown = true;
    if (connectTimer != null) {
      connectTimer.cancel(false);
    }
    ChannelPromise connecting = connectPromise;
    if (connecting != null) {
      connectPromise = null;
      connecting.tryFailure(new java.nio.channels.ClosedChannelException());
    }
    if (established != null) {
      established.tryFailure(new java.nio.channels.ClosedChannelException());
    }
    TcpSocket s = socket;
    if (s != null) {
      if (config.linger() == 0) {
        s.abort();
      } else {
        s.close();
      }
      loop.requestFlush();
    }
  }

  // Reading.

  @Override
  protected void doBeginRead() {
    if (endSeen) {
      return;
    }
    readPending = true;
    TcpSocket s = socket;
    if (s != null && (s.readableBytes() > 0 || s.isInputEnded())) {
      scheduleRead();
    }
  }

  private void scheduleRead() {
    if (!readScheduled) {
      readScheduled = true;
      eventLoop().execute(readTask);
    }
  }

  @SuppressWarnings("deprecation") // Netty has no other name for the handle.
  private void read0() {
    readScheduled = false;
    TcpSocket s = socket;
    if (s == null || !isActive() || !readPending) {
      return;
    }
    RecvByteBufAllocator.Handle handle = unsafe().recvBufAllocHandle();
    handle.reset(config);
    boolean ended = false;
    do {
      ByteBuf buffer = handle.allocate(config.getAllocator());
      handle.attemptedBytesRead(buffer.writableBytes());
      int length = s.read(buffer.nioBuffer(buffer.writerIndex(), buffer.writableBytes()));
      handle.lastBytesRead(length);
      if (length == 0) {
        buffer.release();
        ended = s.isInputEnded();
        break;
      }
      buffer.writerIndex(buffer.writerIndex() + length);
      handle.incMessagesRead(1);
      readPending = false;
      pipeline().fireChannelRead(buffer);
    } while (handle.continueReading() && isOpen);
    handle.readComplete();
    if (ended) {
      readPending = false;
      endSeen = true;
    }
    pipeline().fireChannelReadComplete();
    loop.requestFlush(); // The window may have opened.
    if (ended) {
      inputEnded();
    }
  }

  /// The peer has closed its direction.
  private void inputEnded() {
    if (!isOpen) {
      return;
    }
    if (config.isAllowHalfClosure() && !isFinished) {
      inputShutdown = true;
      pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
      pipeline().fireUserEventTriggered(ChannelInputShutdownReadComplete.INSTANCE);
    } else {
      unsafe().close(voidPromise());
    }
  }

  // Writing.

  @Override
  protected Object filterOutboundMessage(Object message) {
    if (message instanceof ByteBuf || message instanceof FileRegion) {
      return message;
    }
    throw new UnsupportedOperationException("unsupported message: " + message.getClass().getName());
  }

  @Override
  protected void doWrite(ChannelOutboundBuffer in) throws IOException {
    TcpSocket s = socket;
    if (s == null) {
      return;
    }
    boolean more = true;
    while (more) {
      more =
          switch (in.current()) {
            case null -> false;
            case ByteBuf buffer -> writeBuffer(s, in, buffer);
            case FileRegion region -> writeRegion(s, in, region);
            default -> throw new IllegalStateException("not filtered");
          };
    }
    loop.requestFlush();
  }

  /// Returns whether the message was taken as a whole.
  private static boolean writeBuffer(TcpSocket s, ChannelOutboundBuffer in, ByteBuf buffer) {
    int length = buffer.readableBytes();
    int written = 0;
    if (buffer.nioBufferCount() == 1) {
      written = s.write(buffer.internalNioBuffer(buffer.readerIndex(), length));
    } else {
      for (ByteBuffer part : buffer.nioBuffers()) {
        int size = part.remaining();
        int taken = s.write(part);
        written += taken;
        if (taken < size) {
          break;
        }
      }
    }
    if (written < length) {
      in.progress(written);
      buffer.skipBytes(written);
      return false;
    }
    in.remove();
    return true;
  }

  private static boolean writeRegion(TcpSocket s, ChannelOutboundBuffer in, FileRegion region)
      throws IOException {
    SocketByteChannel target = new SocketByteChannel(s);
    while (region.transferred() < region.count()) {
      long written = region.transferTo(target, region.transferred());
      if (written <= 0) {
        return false;
      }
      in.progress(written);
    }
    in.remove();
    return true;
  }

  // Half closing.

  @Override
  protected void doShutdownOutput() {
    outputShutdown = true;
    TcpSocket s = socket;
    if (s != null) {
      s.shutdownOutput();
      loop.requestFlush();
    }
  }

  @Override
  public boolean isInputShutdown() {
    return inputShutdown;
  }

  @Override
  public boolean isOutputShutdown() {
    return outputShutdown;
  }

  @Override
  public boolean isShutdown() {
    return inputShutdown && outputShutdown;
  }

  @Override
  public ChannelFuture shutdownInput() {
    return shutdownInput(newPromise());
  }

  /// What still comes is thrown away.
  @Override
  public ChannelFuture shutdownInput(ChannelPromise promise) {
    onLoop(() -> {
      inputShutdown = true;
      discardInput();
      promise.trySuccess();
    });
    return promise;
  }

  @Override
  public ChannelFuture shutdownOutput() {
    return shutdownOutput(newPromise());
  }

  @Override
  public ChannelFuture shutdownOutput(ChannelPromise promise) {
    onLoop(() -> ((AbstractUnsafe) unsafe()).shutdownOutput(promise));
    return promise;
  }

  @Override
  public ChannelFuture shutdown() {
    return shutdown(newPromise());
  }

  @Override
  public ChannelFuture shutdown(ChannelPromise promise) {
    shutdownInput();
    return shutdownOutput(promise);
  }

  private void onLoop(Runnable task) {
    if (loop.eventLoop().inEventLoop()) {
      task.run();
    } else {
      loop.eventLoop().execute(task);
    }
  }

  private void discardInput() {
    TcpSocket s = socket;
    if (s == null || !isOpen) {
      return;
    }
    ByteBuffer sink = ByteBuffer.allocate(8192);
    while (s.read(sink.clear()) > 0) {
      // Thrown away.
    }
    loop.requestFlush();
  }

  private final class NetstackUnsafe extends AbstractUnsafe {
    @Override
    public void connect(SocketAddress to, @Nullable SocketAddress from, ChannelPromise promise) {
      if (promise.isDone() || !ensureOpen(promise)) {
        return;
      }
      if (connectPromise != null) {
        throw new ConnectionPendingException();
      }
      if (socket != null) {
        promise.tryFailure(new AlreadyConnectedException());
        return;
      }
      InetSocketAddress address = (InetSocketAddress) to;
      TcpSocket s =
          address.isUnresolved()
              ? null
              : loop.stack().connect(loop.now(), Endpoint.of(address), events);
      if (s == null) {
        promise.tryFailure(
            annotateConnectException(new NoRouteToHostException("No route to host"), to));
        closeIfClosed();
        unsafe().close(voidPromise());
        return;
      }
      adopt(s);
      connectPromise = promise;
      applyOptions();
      armConnectTimeout(address);
      promise.addListener(future -> {
        if (future.isCancelled()) {
          connectPromise = null;
          close(voidPromise());
        }
      });
      loop.requestFlush();
    }

    private void armConnectTimeout(InetSocketAddress address) {
      int millis = config.getConnectTimeoutMillis();
      if (millis > 0) {
        connectTimer =
            eventLoop()
                .schedule(
                    () ->
                        fail(
                            new ConnectTimeoutException(
                                "connection timed out after " + millis + " ms: " + address)),
                    millis,
                    TimeUnit.MILLISECONDS);
      }
    }

    private void fail(IOException cause) {
      ChannelPromise promise = connectPromise;
      if (promise != null) {
        connectPromise = null;
        promise.tryFailure(cause);
        close(voidPromise());
      }
    }

    private void failConnect(IOException cause) {
      InetSocketAddress to = remote;
      if (cause instanceof ConnectProhibitedException) {
        fail(cause); // Would lose its type.
        return;
      }
      // Names the address, as for kernel sockets.
      Throwable named = to == null ? cause : annotateConnectException(cause, to);
      fail(named instanceof IOException failure ? failure : cause);
    }

    /// Writes on what [#flush0] had to leave.
    private void resume() {
      flush0();
    }
  }

  private NetstackUnsafe netstackUnsafe() {
    return (NetstackUnsafe) unsafe();
  }

  /// What the stack reports.
  private final class Events implements TcpHandler {
    @Override
    public void onConnected() {
      if (!isOpen) {
        return;
      }
      isConnected = true;
      if (connectTimer != null) {
        connectTimer.cancel(false);
        connectTimer = null;
      }
      ChannelPromise promise = connectPromise;
      connectPromise = null;
      boolean wanted = promise == null || promise.trySuccess();
      pipeline().fireChannelActive();
      if (established != null) {
        established.trySuccess(NetstackChannel.this);
      }
      if (!wanted) {
        unsafe().close(voidPromise());
      }
    }

    @Override
    public void onReadable() {
      if (inputShutdown) {
        discardInput();
      } else if (readPending) {
        read0();
      }
    }

    @Override
    public void onWritable() {
      if (isOpen) {
        netstackUnsafe().resume();
      }
    }

    @Override
    public void onClosed(CloseReason reason) {
      if (!isOpen) {
        return;
      }
      if (!isConnected) {
        failHandshake(failure(reason));
        return;
      }
      switch (reason) {
        case FINISHED -> {
          // What was received must still be read.
          isFinished = true;
          if (endSeen || inputShutdown) {
            unsafe().close(voidPromise());
          }
        }
        case ABORTED -> unsafe().close(voidPromise());
        case REFUSED, PROHIBITED, RESET, TIMED_OUT, UNREACHABLE -> {
          pipeline().fireExceptionCaught(failure(reason));
          if (isOpen) {
            unsafe().close(voidPromise());
          }
        }
      }
    }

    private void failHandshake(IOException cause) {
      netstackUnsafe().failConnect(cause);
      if (established != null) {
        established.tryFailure(cause);
        unsafe().close(voidPromise());
      }
    }

    private static IOException failure(CloseReason reason) {
      return switch (reason) {
        case REFUSED -> new ConnectException("Connection refused");
        case PROHIBITED -> new ConnectProhibitedException("Connection not allowed by the peer");
        case RESET, FINISHED, ABORTED -> new IOException("Connection reset by peer");
        case TIMED_OUT -> new ConnectException("Connection timed out");
        case UNREACHABLE -> new NoRouteToHostException("No route to host");
      };
    }
  }
}
