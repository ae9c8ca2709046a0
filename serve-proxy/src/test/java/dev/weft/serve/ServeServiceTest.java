package dev.weft.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.ipn.serve.HostPort;
import dev.weft.ipn.serve.HttpHandler;
import dev.weft.ipn.serve.ServeConfig;
import dev.weft.ipn.serve.TcpPortHandler;
import dev.weft.node.Caller;
import dev.weft.node.SelfNode;
import dev.weft.node.Tailnet;
import dev.weft.node.TailnetListener;
import dev.weft.node.spi.Inbound;
import dev.weft.node.spi.InboundFlow;
import dev.weft.node.spi.InboundHandler;
import dev.weft.node.spi.NodeService;
import dev.weft.node.spi.ServeConfigSource;
import dev.weft.node.spi.ServiceContext;
import dev.weft.node.spi.Slot;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The service as a node runs it, with loopback sockets for the tailnet.
@Timeout(60)
class ServeServiceTest {
  @Test
  void theServiceIsFound() {
    assertTrue(
        ServiceLoader.load(NodeService.class).stream()
            .anyMatch(p -> p.type() == ServeService.class));
  }

  @Test
  void portsOfTheConfigurationAreTakenAndNoOthers() throws Exception {
    try (Node node = new Node()) {
      assertFalse(node.accepts(80));
      node.configure(
          ServeConfig.EMPTY.withWebHandler(Rig.HOST, "/", HttpHandler.ofText("hi"), false));
      assertTrue(node.accepts(80));
      assertFalse(node.accepts(81));
      try (HttpClientSocket client = node.dial(80)) {
        assertEquals("hi", client.get("/").read().text());
      }
      node.configure(
          ServeConfig.EMPTY.withForeground(
              "s", ServeConfig.EMPTY.withTcp(81, TcpPortHandler.web(false))));
      assertFalse(node.accepts(80));
      assertTrue(node.accepts(81));
    }
  }

  @Test
  void oneMachineCannotTakeAllConnections() throws Exception {
    List<HttpClientSocket> open = new ArrayList<>();
    try (Node node = new Node()) {
      node.configure(
          ServeConfig.EMPTY.withWebHandler(Rig.HOST, "/", HttpHandler.ofText("hi"), false));
      for (int i = 0; i < ServeService.MAX_CONNECTIONS_OF_A_PEER; i++) {
        open.add(node.dial(80));
      }
      assertEquals("hi", open.getLast().get("/").read().text());
      try (HttpClientSocket beyond = node.dial(80)) {
        assertTrue(beyond.isAtEnd());
      }
      open.removeLast().close();
      boolean admitted = false;
      while (!admitted) { // until the node has seen the end of the closed one
        try (HttpClientSocket next = node.dial(80)) {
          admitted = next.get("/").read().status() == 200;
        } catch (IOException _) {
          Thread.onSpinWait();
        }
      }
    } finally {
      for (HttpClientSocket client : open) {
        client.close();
      }
    }
  }

  @Test
  void aMachineThatIsGoneIsNoticed() throws Exception {
    try (Node node = new Node()) {
      node.configure(
          ServeConfig.EMPTY.withWebHandler(Rig.HOST, "/", HttpHandler.ofText("hi"), false));
      try (HttpClientSocket client = node.dial(80)) {
        client.get("/").read();
        assertTrue(node.accepted.config().getOption(ChannelOption.SO_KEEPALIVE));
      }
    }
  }

  @Test
  void anUnreadableConfigurationLeavesTheOneBefore() throws Exception {
    try (Node node = new Node()) {
      node.configure(ServeConfig.EMPTY.withTcp(80, TcpPortHandler.web(false)));
      node.configure("{\"TCP\":3}");
      assertTrue(node.accepts(80));
    }
  }

  @Test
  void aChangeIsInForceForTheNextRequestOfAnOpenConnection() throws Exception {
    try (Node node = new Node()) {
      node.configure(
          ServeConfig.EMPTY.withWebHandler(Rig.HOST, "/", HttpHandler.ofText("one"), false));
      try (HttpClientSocket client = node.dial(80)) {
        assertEquals("one", client.get("/").read().text());
        node.configure(
            ServeConfig.EMPTY.withWebHandler(Rig.HOST, "/", HttpHandler.ofText("two"), false));
        assertEquals("two", client.get("/").read().text());
      }
    }
  }

  @Test
  void tlsPortsAreClosedWhileThereAreNoCertificates() throws Exception {
    try (Node node = new Node()) {
      node.configure(
          ServeConfig.EMPTY
              .withWebHandler(new HostPort("a.lab.net", 443), "/", HttpHandler.ofText("x"), true)
              .withTcp(5432, TcpPortHandler.forward("127.0.0.1:1", "a.lab.net", 0)));
      for (int port : new int[] {443, 5432}) {
        // Accepted, so that the connection does not fall through to what listens there on this
        // machine.
        assertTrue(node.accepts(port));
        try (HttpClientSocket client = node.dial(port)) {
          assertTrue(client.isAtEnd());
        }
      }
    }
  }

  @Test
  void aForwardedConnectionCarriesBytesAndItsTwoEnds() throws Exception {
    byte[] payload = new byte[5_000_000];
    new Random(3).nextBytes(payload);
    try (ScriptedBackend backend =
            new ScriptedBackend(c -> {
              c.in.transferTo(c.socket.getOutputStream());
              c.send("after the end");
            });
        Node node = new Node()) {
      node.configure(
          ServeConfig.EMPTY.withTcp(
              2222, TcpPortHandler.forward("127.0.0.1:" + backend.port(), "", 0)));
      try (HttpClientSocket client = node.dial(2222)) {
        Thread sender =
            Thread.ofVirtual()
                .start(() -> {
                  try {
                    client.send(payload);
                    client.socket.shutdownOutput();
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                });
        assertArrayEquals(payload, client.exactly(payload.length));
        sender.join();
        assertEquals(
            "after the end", new String(client.in.readAllBytes(), StandardCharsets.US_ASCII));
      }
    }
  }

  @Test
  void theTargetIsToldWhoCallsWhereItWantsToKnow() throws Exception {
    BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
    try (ScriptedBackend backend = new ScriptedBackend(c -> received.add(c.in.readAllBytes()));
        Node node = new Node()) {
      String target = "127.0.0.1:" + backend.port();
      node.configure(
          ServeConfig.EMPTY
              .withTcp(1, TcpPortHandler.forward(target, "", 1))
              .withTcp(2, TcpPortHandler.forward(target, "", 2)));
      int from;
      try (HttpClientSocket client = node.dial(1)) {
        from = client.socket.getLocalPort();
        client.send("x");
        client.socket.shutdownOutput();
        assertEquals(
            "PROXY TCP4 127.0.0.1 100.64.0.1 " + from + " " + backend.port() + "\r\nx",
            new String(received.poll(10, TimeUnit.SECONDS), StandardCharsets.US_ASCII));
      }
      try (HttpClientSocket client = node.dial(2)) {
        from = client.socket.getLocalPort();
        client.send("x");
        client.socket.shutdownOutput();
        byte[] bytes = received.poll(10, TimeUnit.SECONDS);
        ByteBuffer expected = ByteBuffer.allocate(29);
        expected.put(HexFormat.of().parseHex("0d0a0d0a000d0a515549540a2111000c7f00000164400001"));
        expected.putShort((short) from).putShort((short) backend.port()).put((byte) 'x');
        assertArrayEquals(expected.array(), bytes);
      }
    }
  }

  @Test
  void aTargetThatIsDownClosesTheConnection() throws Exception {
    int port;
    try (ScriptedBackend gone = new ScriptedBackend(c -> {})) {
      port = gone.port();
    }
    try (Node node = new Node()) {
      node.configure(
          ServeConfig.EMPTY.withTcp(22, TcpPortHandler.forward("127.0.0.1:" + port, "", 0)));
      try (HttpClientSocket client = node.dial(22)) {
        assertTrue(client.isAtEnd());
      }
    }
  }

  @Test
  void stoppingClosesWhatIsOpen() throws Exception {
    try (Node node = new Node()) {
      node.configure(
          ServeConfig.EMPTY.withWebHandler(Rig.HOST, "/", HttpHandler.ofText("hi"), false));
      try (HttpClientSocket client = node.dial(80)) {
        client.get("/").read();
        node.service.stop();
        assertTrue(client.isAtEnd());
      }
    }
  }

  /// A node with one listener, whose connections are said to have come to a chosen port.
  private static final class Node
      implements ServiceContext, Tailnet, Inbound, ServeConfigSource, AutoCloseable {
    private final Rig dialer = new Rig(Rig.PATIENT);
    private final ServeService service = new ServeService();
    private final BlockingQueue<Integer> dialledPorts = new LinkedBlockingQueue<>();
    private final Channel server;
    private Consumer<String> listener = _ -> {};
    private InboundHandler handler;
    private volatile Channel accepted;

    Node() {
      service.start(this);
      server =
          new ServerBootstrap()
              .group(eventLoop())
              .channel(NioServerSocketChannel.class)
              .childHandler(
                  new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                      accepted = channel;
                      InetSocketAddress local =
                          new InetSocketAddress("100.64.0.1", dialledPorts.remove());
                      handler.initChannel(
                          channel,
                          new InboundFlow(local, (InetSocketAddress) channel.remoteAddress()));
                    }
                  })
              .bind(InetAddress.getLoopbackAddress(), 0)
              .syncUninterruptibly()
              .channel();
    }

    boolean accepts(int port) {
      return handler.accepts(
          new InboundFlow(
              new InetSocketAddress("100.64.0.1", port), new InetSocketAddress("100.64.0.2", 1)));
    }

    HttpClientSocket dial(int port) throws IOException {
      dialledPorts.add(port);
      int listening = ((InetSocketAddress) server.localAddress()).getPort();
      return new HttpClientSocket(new Socket(InetAddress.getLoopbackAddress(), listening));
    }

    void configure(ServeConfig config) {
      configure(config.encode());
    }

    void configure(String json) {
      eventLoop().submit(() -> listener.accept(json)).syncUninterruptibly();
    }

    @Override
    public Tailnet tailnet() {
      return this;
    }

    @Override
    public Inbound inbound() {
      return this;
    }

    @Override
    public ServeConfigSource serveConfig() {
      return this;
    }

    @Override
    public void subscribe(Consumer<String> subscriber) {
      listener = subscriber;
      subscriber.accept("{}");
    }

    @Override
    public void claim(Slot slot, InboundHandler claimed) {
      assertEquals(Slot.SERVE, slot);
      handler = assertInstanceOf(InboundHandler.class, claimed);
    }

    @Override
    public EventLoop eventLoop() {
      return dialer.eventLoop();
    }

    @Override
    public Optional<SelfNode> self() {
      return Optional.of(new SelfNode("a.lab.net", List.of(), "lab.net", List.of()));
    }

    @Override
    public Future<TailnetListener> listen(int port, ChannelHandler childHandler) {
      throw new AssertionError("serve claims a slot");
    }

    @Override
    public Future<Channel> dial(String host, int port, ChannelHandler channelHandler) {
      return dialer.dial(host, port, channelHandler);
    }

    @Override
    public Optional<Caller> whois(InetSocketAddress remote) {
      return Optional.empty();
    }

    @Override
    public void close() {
      service.stop();
      dialer.close();
    }
  }
}
