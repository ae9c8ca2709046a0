package dev.weft.runtime.localapi;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.IoEventLoop;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/// The LocalAPI on a unix socket.
///
/// [#start] claims the socket: it fails when another daemon answers there and takes the place of
/// one that is gone. It must not be called on `loop`.
public final class LocalApiServer implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 256;
  private static final int MAX_CONNECTIONS_OF_A_USER =
      64; // so that one user cannot shut the others out

  private final Path socket;
  private final Channel listener;
  private final ChannelGroup connections;

  private LocalApiServer(Path socket, Channel listener, ChannelGroup connections) {
    this.socket = socket;
    this.listener = listener;
    this.connections = connections;
  }

  /// @param loop carries the bytes; channels from [LocalBackend#dial] are on it
  /// @throws IOException when the socket cannot be had; the message says why and what to do
  public static LocalApiServer start(Path socket, LocalBackend backend, IoEventLoop loop)
      throws IOException {
    SocketFile.prepare(socket);
    boolean epoll = loop.isIoType(EpollIoHandler.class);
    ChannelGroup connections = new DefaultChannelGroup(loop);
    Acceptor acceptor = new Acceptor(backend, AccessRules.ofThisProcess(), connections);
    Class<? extends ServerChannel> type =
        epoll ? EpollServerDomainSocketChannel.class : NioServerDomainSocketChannel.class;
    SocketAddress address =
        epoll ? new DomainSocketAddress(socket.toFile()) : UnixDomainSocketAddress.of(socket);
    Channel listener =
        new ServerBootstrap()
            .group(loop)
            .channel(type)
            .childHandler(acceptor)
            .bind(address)
            .awaitUninterruptibly()
            .channel();
    if (!listener.isActive()) {
      throw new IOException("cannot listen on the socket " + socket);
    }
    SocketFile.open(
        socket, epoll); // without user IDs the file's owner is all that is known of a caller
    return new LocalApiServer(socket, listener, connections);
  }

  /// Ends every connection and removes the socket.
  @Override
  public void close() throws IOException {
    listener.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly();
    Files.deleteIfExists(socket);
  }

  /// Admits connections, as many as there is room for. On the event loop.
  private static final class Acceptor extends ChannelInitializer<Channel> {
    private final LocalBackend backend;
    private final LocalApi api;
    private final AccessRules rules;
    private final ChannelGroup connections;
    private final Map<Integer, Integer> byUser = new HashMap<>(); // look-ups only

    Acceptor(LocalBackend backend, AccessRules rules, ChannelGroup connections) {
      this.backend = backend;
      this.api = new LocalApi(backend);
      this.rules = rules;
      this.connections = connections;
    }

    @Override
    public boolean isSharable() {
      return true; // one event loop
    }

    @Override
    protected void initChannel(Channel channel) throws IOException {
      Supplier<Access> access = () -> Access.FULL; // the owner's, by the file's permissions
      int uid = -1;
      if (channel instanceof EpollDomainSocketChannel unix) {
        int user = unix.peerCredentials().uid();
        uid = user;
        access = () -> rules.of(user, backend.prefs().operatorUser());
      }
      if (connections.size() >= MAX_CONNECTIONS
          || byUser.getOrDefault(uid, 0) >= MAX_CONNECTIONS_OF_A_USER) {
        channel.close();
        return;
      }
      connections.add(channel);
      countUntilClosed(channel, uid);
      boolean isOwner = uid < 0 || rules.isOwner(uid);
      HttpPipeline.install(channel, new Connection(api, backend, access), isOwner);
    }

    private void countUntilClosed(Channel channel, int uid) {
      byUser.merge(uid, 1, Integer::sum);
      channel
          .closeFuture()
          .addListener(_ -> byUser.computeIfPresent(uid, (_, n) -> n == 1 ? null : n - 1));
    }
  }
}
