package dev.weft.runtime.derp;

import dev.weft.base.Entropy;
import dev.weft.derp.ServerInfo;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.tailcfg.DerpMap;
import dev.weft.tailcfg.DerpNode;
import dev.weft.tailcfg.DerpRegion;
import dev.weft.transport.derp.Admission;
import dev.weft.transport.derp.DerpEvent;
import dev.weft.transport.derp.DerpUpgrade;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;

/// A relay that behaves as a test wants: it accepts every client, over TLS, and leaves the rest to
/// its [Conduct].
public final class FakeRelay implements AutoCloseable {
  /// What the relay does. On the one event loop that all its connections share.
  public interface Conduct {
    /// A client has been accepted.
    default void onClient(NodeKey client, Channel channel) {}

    /// A client has sent a packet: the whole SendPacket frame, which is not the conduct's to keep.
    default void onPacket(NodeKey client, ByteBuf frame) {}

    /// A client has sent something else.
    default void onFrame(NodeKey client, Object frame) {}

    default void onGone(NodeKey client) {}
  }

  private static final String PASSWORD = "changeit";
  private static final Entropy ENTROPY = new SecureRandom()::nextBytes;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final NodePrivateKey key = NodePrivateKey.generate(ENTROPY);
  private final Conduct conduct;
  private final Channel listener;

  private FakeRelay(SslContext tls, Conduct conduct) {
    this.conduct = conduct;
    this.listener =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            tls.newHandler(channel.alloc()),
                            new HttpServerCodec(),
                            new DerpUpgrade(
                                key, ServerInfo.unlimited(), Admission.everybody(), ENTROPY),
                            new Client());
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
  }

  /// @param folder gets the relay's certificate
  public static FakeRelay start(Path folder, Conduct conduct) throws Exception {
    return new FakeRelay(tls(folder.resolve("relay.p12")), conduct);
  }

  /// A map with this relay alone, which nobody vouches for.
  public DerpMap map(int region) {
    DerpNode node =
        DerpNode.builder()
            .name(region + "a")
            .regionId(region)
            .hostName("127.0.0.1")
            .ipv4("127.0.0.1")
            .ipv6("none")
            .stunPort(-1)
            .derpPort(((InetSocketAddress) listener.localAddress()).getPort())
            .insecureForTests(true)
            .build();
    TreeMap<Integer, DerpRegion> regions = new TreeMap<>();
    regions.put(
        region,
        DerpRegion.builder()
            .regionId(region)
            .regionCode("fake")
            .regionName("Fake")
            .nodes(List.of(node))
            .build());
    return DerpMap.builder().regions(regions).omitDefaultRegions(true).build();
  }

  public EventLoopGroup loops() {
    return loops;
  }

  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private static SslContext tls(Path store)
      throws IOException, InterruptedException, GeneralSecurityException {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "relay",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
      throw new IOException("keytool made no certificate");
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD.toCharArray());
    return SslContextBuilder.forServer(managers).build();
  }

  private final class Client extends ChannelInboundHandlerAdapter {
    private NodeKey client = NodeKey.ZERO;

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof DerpEvent.Accepted accepted) {
        client = accepted.client();
        // Behind our introduction.
        ctx.executor().execute(() -> conduct.onClient(client, ctx.channel()));
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      try {
        if (msg instanceof ByteBuf frame) {
          conduct.onPacket(client, frame);
        } else {
          conduct.onFrame(client, msg);
        }
      } finally {
        ReferenceCountUtil.release(msg);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      if (!client.isZero()) {
        conduct.onGone(client);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
