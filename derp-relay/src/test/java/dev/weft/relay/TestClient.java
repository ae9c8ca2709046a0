package dev.weft.relay;

import dev.weft.base.Bytes;
import dev.weft.derp.ClientInfo;
import dev.weft.derp.Frame;
import dev.weft.derp.FrameHeader;
import dev.weft.derp.FrameType.Sender;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.transport.derp.DerpClientHandshake;
import dev.weft.transport.derp.DerpEvent;
import dev.weft.transport.derp.DerpTls;
import dev.weft.transport.derp.RelayIdentity;
import dev.weft.transport.tls.SystemTrust;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A DERP client for tests: blocking, with everything it was sent in a queue.
final class TestClient implements AutoCloseable {
  private static final EventLoopGroup LOOPS =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private static final long PATIENCE_SECONDS = 10;

  private final NodePrivateKey key;
  private final Channel channel;
  private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();

  private TestClient(
      NodePrivateKey key, InetSocketAddress relay, RelayIdentity identity, ClientInfo info)
      throws Exception {
    this.key = key;
    Bootstrap bootstrap =
        new Bootstrap()
            .group(LOOPS)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel opened) throws Exception {
                    opened
                        .pipeline()
                        .addLast(
                            DerpTls.clientHandler(
                                identity,
                                SystemTrust.of(List.of()),
                                opened.alloc(),
                                "127.0.0.1",
                                relay.getPort()),
                            new DerpClientHandshake(
                                key, info, "127.0.0.1", null, new SecureRandom()::nextBytes),
                            new Recorder());
                  }
                });
    channel = bootstrap.connect(relay).sync().channel();
  }

  /// Connects, and is accepted, with a fresh key and the pin that the relay's map entry names.
  static TestClient connect(RelayServer relay) throws Exception {
    return connect(relay, NodePrivateKey.generate(new SecureRandom()::nextBytes));
  }

  static TestClient connect(RelayServer relay, NodePrivateKey key) throws Exception {
    TestClient client = connect(relay, key, identity(relay));
    Object first = client.next();
    if (!(first instanceof DerpEvent.Ready)) {
      throw new AssertionError("not accepted: " + first);
    }
    return client;
  }

  static TestClient connect(RelayServer relay, NodePrivateKey key, RelayIdentity identity)
      throws Exception {
    return connect(relay.address(), key, identity);
  }

  static TestClient connect(InetSocketAddress relay, NodePrivateKey key, RelayIdentity identity)
      throws Exception {
    return new TestClient(key, relay, identity, ClientInfo.ofNode());
  }

  /// Connects as a relay of the same region would.
  static TestClient mesh(RelayServer relay, String meshKey) throws Exception {
    TestClient client =
        new TestClient(
            NodePrivateKey.generate(new SecureRandom()::nextBytes),
            relay.address(),
            identity(relay),
            new ClientInfo(ClientInfo.PROTOCOL_VERSION, true, false, "mesh", meshKey));
    client.next();
    return client;
  }

  static RelayIdentity identity(RelayServer relay) {
    var node = relay.derpRegion(900, "t", "t").nodes().getFirst();
    return RelayIdentity.of(node.hostName(), node.certName(), node.insecureForTests());
  }

  NodeKey key() {
    return key.publicKey();
  }

  void send(NodeKey to, String packet) {
    write(new Frame.SendPacket(to, Bytes.of(packet.getBytes(StandardCharsets.UTF_8))));
  }

  void write(Frame frame) {
    channel.writeAndFlush(frame);
  }

  /// Waits for what comes next: a frame, packets included, or a [DerpEvent].
  Object next() throws InterruptedException {
    Object next = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing came");
    }
    return next;
  }

  int waiting() {
    return received.size();
  }

  void reading(boolean wanted) {
    channel.config().setAutoRead(wanted);
  }

  boolean awaitClose() {
    return channel.closeFuture().awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  Channel channel() {
    return channel;
  }

  void hangUp() {
    channel.close().awaitUninterruptibly();
  }

  @Override
  public void close() {
    hangUp();
  }

  private final class Recorder extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof DerpEvent) {
        received.add(event);
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      if (msg instanceof ByteBuf packet) {
        byte[] bytes = ByteBufUtil.getBytes(packet);
        packet.release();
        FrameHeader header = (FrameHeader) FrameHeader.parse(Sender.SERVER, bytes, 0);
        received.add(Frame.parse(header, bytes, FrameHeader.LENGTH));
      } else {
        received.add(msg);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
