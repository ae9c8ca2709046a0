package dev.weft.runtime.localapi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.ipn.Notify;
import dev.weft.ipn.State;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The server on a real socket.
@Timeout(20)
class LocalApiServerTest {
  private static final String DIAL =
      lines(
          "POST /localapi/v0/dial HTTP/1.1",
          "Connection: upgrade",
          "Upgrade: ts-dial",
          "Dial-Host: b",
          "Dial-Port: 7",
          "",
          "");
  private static final String HEAD = " HTTP/1.1\r\nHost: local-tailscaled.sock\r\n\r\n";

  private final MemoryBackend backend = new MemoryBackend();
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final AtomicReference<Channel> channels = new AtomicReference<>();
  private Path socket;
  private LocalApiServer server;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    backend.logIn();
    socket = folder.resolve("run").resolve("weft.sock");
    server = LocalApiServer.start(socket, backend, group.next());
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    group.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void everybodyMayConnectAndOnlyTheOwnerMayMoveTheSocket() throws IOException {
    assertEquals("rw-rw-rw-", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
    assertFalse(
        PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent()))
            .endsWith("w-"));
  }

  @Test
  void answersCarryTheHeadersOfThePeer() throws IOException {
    try (UnixHttp http = new UnixHttp(socket)) {
      http.send("GET /localapi/v0/status?peers=false" + HEAD);
      String head = http.readTo("\r\n\r\n");

      assertTrue(head.startsWith("HTTP/1.1 200 OK\r\n"), head);
      for (String header :
          new String[] {
            "Tailscale-Version: 0.1.0-test", "Tailscale-Cap: ",
                "Content-Security-Policy: default-src 'none';",
            "X-Frame-Options: DENY", "X-Content-Type-Options: nosniff",
                "content-type: application/json"
          }) {
        assertTrue(head.contains("\r\n" + header), head);
      }
    }
  }

  @Test
  void requestsSentAheadAreAnsweredInOrder() throws IOException {
    try (UnixHttp http = new UnixHttp(socket)) {
      http.send("GET /x" + HEAD + "GET /" + HEAD + "GET /localapi/v0/serve-config" + HEAD);

      http.readTo("404 page not found\n");
      http.readTo("tailscaled\n");
      http.readTo("\r\n\r\nnull");
    }
  }

  @Test
  void aChunkedBodyIsRead() throws IOException {
    try (UnixHttp http = new UnixHttp(socket)) {
      http.send(
          lines(
              "PATCH /localapi/v0/prefs HTTP/1.1",
              "Transfer-Encoding: chunked",
              "",
              "23",
              "{\"Hostname\":\"n\",\"HostnameSet\":true}",
              "0",
              "",
              ""));
      http.readTo("\"Hostname\": \"n\"");
    }
    assertEquals("n", backend.prefs().hostname());
  }

  @Test
  void aBodyWithoutEndIsRefused() throws IOException {
    try (UnixHttp http = new UnixHttp(socket)) {
      http.send("POST /localapi/v0/start HTTP/1.1\r\nContent-Length: 100000000\r\n\r\n");

      assertTrue(http.readTo("\r\n").startsWith("HTTP/1.1 413 "));
    }
  }

  @Test
  void aStrangerMakesTheDaemonKeepLittle() throws IOException {
    String head = "POST /localapi/v0/start HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n";
    for (boolean isOwner : new boolean[] {false, true}) {
      EmbeddedChannel channel = new EmbeddedChannel();
      Connection connection =
          new Connection(new LocalApi(backend), backend, () -> Access.READ_ONLY);
      HttpPipeline.install(channel, connection, isOwner);

      channel.writeInbound(Unpooled.copiedBuffer(head, UTF_8));

      ByteBuf answer = channel.readOutbound();
      assertEquals(isOwner, answer == null);
      if (answer != null) {
        assertTrue(answer.toString(UTF_8).startsWith("HTTP/1.1 413 "));
        answer.release();
      }
      channel.finishAndReleaseAll();
    }
  }

  @Test
  void aFolderWhereAnybodyMayReplaceTheSocketIsRefused() throws IOException {
    Path folder = Files.createDirectory(socket.resolveSibling("open"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path inside = folder.resolve("w.sock");

    IOException refused =
        assertThrows(IOException.class, () -> LocalApiServer.start(inside, backend, group.next()));
    assertTrue(refused.getMessage().contains("everybody may replace"), refused.getMessage());
    assertFalse(Files.exists(inside));

    Files.setAttribute(folder, "unix:mode", 01777);
    LocalApiServer.start(inside, backend, group.next()).close();
  }

  @Test
  void whatIsNoHttpEndsTheConnection() throws IOException {
    try (UnixHttp http = new UnixHttp(socket)) {
      http.send("\u0000\u0001nonsense\r\n\r\n");

      assertEquals("", http.readToEnd());
    }
  }

  @Test
  void aWatcherHearsThePresentStateAndThenWhatHappens() throws IOException {
    try (UnixHttp http = new UnixHttp(socket)) {
      http.send("GET /localapi/v0/watch-ipn-bus?mask=2" + HEAD);
      String first = http.readTo("}\n");
      assertTrue(first.contains("\"State\":6"), first);
      assertTrue(first.matches("(?s).*\"SessionID\":\"[0-9a-f]{16}\".*"), first);

      backend.bus.publish(Notify.builder().state(State.STOPPED));

      assertTrue(http.readTo("}\n").contains("\"State\":4"));
    }
  }

  @Test
  void theWatchEndsWithItsConnection() throws Exception {
    String session;
    try (UnixHttp http = new UnixHttp(socket)) {
      session = watch(http);
      assertTrue(backend.bus.isWatching(session));
    }
    while (backend.bus.isWatching(session)) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aWatchThatTheBackendEndsClosesTheConnectionInOrder() throws IOException {
    try (UnixHttp http = new UnixHttp(socket)) {
      String session = watch(http);

      assertTrue(backend.bus.end(session));

      assertTrue(http.readToEnd().endsWith("0\r\n\r\n"));
    }
  }

  @Test
  void aWatcherThatDoesNotReadIsToldAndLosesItsWatch() throws IOException {
    try (UnixHttp http = new UnixHttp(socket)) {
      String session = watch(http);
      String large = "x".repeat(64 << 10);
      for (int i = 0; i < 1000; i++) {
        backend.bus.publish(Notify.builder().browseToUrl(large));
      }

      String rest = http.readToEnd();

      assertTrue(rest.contains("IPN bus consumer fell behind; closing watch"));
      assertTrue(rest.length() < 500L * large.length(), "everything was kept");
      assertFalse(backend.bus.isWatching(session));
    }
  }

  @Test
  void aPingEndsWhenItsClientGoesAway() throws Exception {
    try (UnixHttp http = new UnixHttp(socket)) {
      http.send("POST /localapi/v0/ping?ip=100.64.0.2&type=ICMP" + HEAD);
      backend.pingStarted.await();
    }
    backend.pingInterrupted.await();
  }

  @Test
  void aDialledConnectionCarriesBytesBothWays() throws Exception {
    Channel echo = echoServer();
    backend.dialWith((_, _, handler) -> {
      Promise<Channel> connected = group.next().newPromise();
      Channel channel =
          new Bootstrap()
              .group(group)
              .channel(EpollSocketChannel.class)
              .handler(handler)
              .connect(echo.localAddress())
              .addListener((Future<Void> done) -> complete(done, connected))
              .channel();
      connected.addListener(_ -> assertTrue(channel.isActive()));
      channels.set(channel);
      return connected;
    });
    try (UnixHttp http = new UnixHttp(socket)) {
      http.send(DIAL);
      String head = http.readTo("\r\n\r\n");
      assertTrue(head.startsWith("HTTP/1.1 101 Switching Protocols\r\n"), head);
      assertTrue(head.toLowerCase(Locale.ROOT).contains("upgrade: ts-dial"), head);

      http.readTo("hello");
      http.send("GET / HTTP/1.1\r\n\r\n");

      http.readTo("GET / HTTP/1.1\r\n\r\n");
    }
  }

  private void complete(Future<Void> done, Promise<Channel> connected) {
    if (done.isSuccess()) {
      connected.setSuccess(channels.get());
    } else {
      connected.setFailure(done.cause());
    }
  }

  /// Says hello first, then repeats what it hears.
  private Channel echoServer() throws InterruptedException {
    return new ServerBootstrap()
        .group(group)
        .channel(EpollServerSocketChannel.class)
        .childHandler(
            new ChannelInboundHandlerAdapter() {
              @Override
              public boolean isSharable() {
                return true;
              }

              @Override
              public void channelActive(ChannelHandlerContext context) {
                ByteBuf hello = context.alloc().buffer();
                hello.writeBytes("hello".getBytes(UTF_8));
                context.writeAndFlush(hello);
              }

              @Override
              public void channelRead(ChannelHandlerContext context, Object message) {
                context.writeAndFlush(message);
              }
            })
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .sync()
        .channel();
  }

  @Test
  void aDialEndsWithItsClientAndWhatItBringsLateIsClosed() throws Exception {
    CountDownLatch dialling = new CountDownLatch(1);
    Promise<Channel> dialled = group.next().newPromise();
    backend.dialWith((_, _, handler) -> {
      channels.set(unconnected(handler));
      dialling.countDown();
      return dialled;
    });
    try (UnixHttp http = new UnixHttp(socket)) {
      http.send(DIAL);
      dialling.await();
    }
    channels.get().closeFuture().sync(); // a destination that never answers holds nothing

    Channel late = unconnected(new ChannelInboundHandlerAdapter());
    dialled.setSuccess(late);

    late.closeFuture().sync();
  }

  private Channel unconnected(ChannelHandler handler) {
    return new Bootstrap()
        .group(group)
        .channel(EpollSocketChannel.class)
        .handler(handler)
        .register()
        .channel();
  }

  @Test
  void aClientThatGoesBeforeItIsJoinedTakesItsDestinationAlong() {
    EmbeddedChannel client = new EmbeddedChannel();
    EmbeddedChannel destination = new EmbeddedChannel();
    HttpPipeline.install(
        client, new Connection(new LocalApi(backend), backend, () -> Access.READ_ONLY), false);
    client.close();
    client.runPendingTasks();

    HttpPipeline.becomeRelay(
        client,
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS),
        destination);

    assertFalse(destination.isOpen());
  }

  @Test
  void aDialThatFailsIsABadGateway() throws IOException {
    backend.dialWith(
        (_, _, _) -> group.next().newFailedFuture(new IOException("connection refused")));
    try (UnixHttp http = new UnixHttp(socket)) {
      http.send(DIAL);

      String answer = http.readToEnd();

      assertTrue(answer.startsWith("HTTP/1.1 502 "), answer);
      assertTrue(answer.endsWith("dial failure: connection refused\n"), answer);
    }
  }

  @Test
  void aSecondDaemonDoesNotTakeTheSocket() throws IOException {
    IOException refused =
        assertThrows(IOException.class, () -> LocalApiServer.start(socket, backend, group.next()));

    assertTrue(refused.getMessage().contains("another daemon is running"), refused.getMessage());
    try (UnixHttp http = new UnixHttp(socket)) {
      http.send("GET /" + HEAD);
      http.readTo("tailscaled\n");
    }
  }

  @Test
  void theSocketOfADeadDaemonIsReplaced() throws IOException {
    Path stale = socket.resolveSibling("stale.sock");
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(stale));
    }
    assertTrue(Files.exists(stale));

    try (LocalApiServer _ = LocalApiServer.start(stale, backend, group.next());
        UnixHttp http = new UnixHttp(stale)) {
      http.send("GET /" + HEAD);
      http.readTo("tailscaled\n");
    }
    assertFalse(Files.exists(stale));
  }

  @Test
  void aFileThatIsNoSocketIsLeftAlone() throws IOException {
    Path file = Files.writeString(socket.resolveSibling("notes.txt"), "keep me");

    assertThrows(IOException.class, () -> LocalApiServer.start(file, backend, group.next()));

    assertEquals("keep me", Files.readString(file));
  }

  @Test
  void withoutUserIdsTheSocketIsTheOwnersAlone() throws Exception {
    MultiThreadIoEventLoopGroup nio = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    Path path = socket.resolveSibling("nio.sock");
    try (LocalApiServer _ = LocalApiServer.start(path, backend, nio.next());
        UnixHttp http = new UnixHttp(path)) {
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
      http.send("GET /" + HEAD);
      http.readTo("tailscaled\n");
    } finally {
      nio.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }

  @Test
  void oneUserCannotTakeAllConnections() throws IOException {
    UnixHttp[] held = new UnixHttp[64];
    try {
      for (int i = 0; i < held.length; i++) {
        held[i] = new UnixHttp(socket);
        held[i].send("GET /" + HEAD);
        held[i].readTo("tailscaled\n");
      }
      try (UnixHttp one = new UnixHttp(socket)) {
        assertThrows(
            IOException.class,
            () -> {
              one.send("GET /" + HEAD);
              one.readTo("tailscaled\n");
            });
      }
    } finally {
      for (UnixHttp http : held) {
        if (http != null) {
          http.close();
        }
      }
    }
  }

  private static String lines(String... lines) {
    return String.join("\r\n", lines);
  }

  private String watch(UnixHttp http) throws IOException {
    http.send("GET /localapi/v0/watch-ipn-bus?mask=2" + HEAD);
    String first = http.readTo("}\n");
    return first.replaceAll("(?s).*\"SessionID\":\"([0-9a-f]+)\".*", "$1");
  }
}
