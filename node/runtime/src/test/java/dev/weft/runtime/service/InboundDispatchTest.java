package dev.weft.runtime.service;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Ip;
import dev.weft.netstack.channel.Flow;
import dev.weft.netstack.channel.Forwarder;
import dev.weft.node.Caller;
import dev.weft.node.SelfNode;
import dev.weft.node.spi.InboundFlow;
import dev.weft.node.spi.InboundHandler;
import dev.weft.node.spi.NodeService;
import dev.weft.node.spi.ServiceContext;
import dev.weft.node.spi.Slot;
import dev.weft.runtime.loop.NodeLoop;
import dev.weft.runtime.state.StateStore;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InboundDispatchTest {
  private static final InetAddress LOCALHOST = Ip.parse("127.0.0.1").toInetAddress();
  private static final InetAddress OWN = Ip.parse("100.64.0.1").toInetAddress();
  private static final InetSocketAddress PEER =
      new InetSocketAddress(Ip.parse("100.64.0.2").toInetAddress(), 50_000);
  private static final Caller ALICE =
      new Caller(
          "laptop.home.weft",
          "7",
          List.of(PEER.getAddress()),
          Optional.empty(),
          List.of(),
          List.of());

  private final NodeLoop loop = new NodeLoop();
  private final BlockingQueue<String> sentBack = new LinkedBlockingQueue<>();
  private ServiceHost host;

  @BeforeEach
  void start() throws IOException {
    host =
        new ServiceHost(
            loop,
            new FixedView(),
            new RecordingStack(),
            new ServeSettings(loop, StateStore.ephemeral()));
  }

  @AfterEach
  void stop() {
    host.close();
    loop.close();
  }

  @Test
  void slotsAreAskedInTheirOrderAndTheFirstToAcceptHasTheConnection() throws Exception {
    BlockingQueue<String> asked = new LinkedBlockingQueue<>();
    claim(Slot.SERVE, asked, true);
    claim(Slot.SSH, asked, false);
    claim(Slot.PEER_API, asked, true);
    assertEquals("accepted", open(22).outcome());
    assertEquals(List.of("SSH?", "PEER_API?", "PEER_API!"), List.copyOf(asked));
  }

  @Test
  void aSlotHasOneService() {
    InboundTable table = new InboundTable();
    Recording handler = new Recording(Slot.SSH, new LinkedBlockingQueue<>(), true);
    table.claim(Slot.SSH, handler);
    assertThrows(IllegalStateException.class, () -> table.claim(Slot.SSH, handler));
  }

  @Test
  void aClaimGoesBeforeAListenerOfTheSamePort() throws Exception {
    BlockingQueue<String> asked = new LinkedBlockingQueue<>();
    claim(Slot.SERVE, asked, true);
    host.tailnet().listen(80, new ChannelInboundHandlerAdapter()).sync();
    assertEquals("accepted", open(80).outcome());
    assertEquals("SERVE!", List.copyOf(asked).getLast());
  }

  @Test
  void aPortIsListenedOnOnce() throws Exception {
    var first = host.tailnet().listen(80, new ChannelInboundHandlerAdapter()).sync().getNow();
    assertTrue(
        host.tailnet().listen(80, new ChannelInboundHandlerAdapter()).await().cause()
            instanceof BindException);
    assertEquals(List.of(new InetSocketAddress(OWN, 80)), first.addresses());
    first.close();
    assertTrue(host.tailnet().listen(80, new ChannelInboundHandlerAdapter()).await().isSuccess());
  }

  @Test
  void anUnclaimedPortLeadsToTheSamePortOfThisMachine() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, LOCALHOST)) {
      Attempt attempt = open(server.getLocalPort());
      try (Socket end = server.accept()) {
        assertEquals("accepted", attempt.outcome());
        end.getOutputStream().write("hello".getBytes(US_ASCII));
        assertArrayEquals(
            "hello".getBytes(US_ASCII), attempt.peer().getInputStream().readNBytes(5));
        attempt.peer().getOutputStream().write("world".getBytes(US_ASCII));
        assertArrayEquals("world".getBytes(US_ASCII), end.getInputStream().readNBytes(5));
        InetSocketAddress seenByServer = (InetSocketAddress) end.getRemoteSocketAddress();
        assertEquals(Optional.of(ALICE), host.tailnet().whois(seenByServer));
      }
    }
  }

  @Test
  void aClosedPortOfThisMachineLooksClosed() throws Exception {
    int closed;
    try (ServerSocket server = new ServerSocket(0, 5, LOCALHOST)) {
      closed = server.getLocalPort();
    }
    assertEquals("rejected", open(closed).outcome());
  }

  @Test
  void aConnectionToAnotherAddressIsRefused() throws Exception {
    Attempt attempt = new Attempt();
    loop.call(() -> {
      host.forwarder().onIncoming(new Flow(new InetSocketAddress("192.0.2.1", 80), PEER), attempt);
      return null;
    });
    assertEquals("rejected", attempt.outcome());
  }

  @Test
  void aPeerWithoutEndOfConnectionsLeavesRoomForOthersAndHasAShareAgainAfter() throws Exception {
    host.tailnet().listen(80, new SharableHandler()).sync();
    List<EmbeddedChannel> open = new ArrayList<>();
    InetSocketAddress other = new InetSocketAddress("100.64.0.3", 50_000);
    loop.call(() -> {
      for (int i = 0; i < InboundDispatch.MAX_CONNECTIONS_OF_A_PEER; i++) {
        assertTrue(accepts(PEER, open), "connection " + i);
      }
      assertFalse(accepts(PEER, open), "more than its share");
      assertTrue(accepts(other, open));

      open.getFirst().close();

      assertTrue(accepts(PEER, open), "one has ended");
      assertFalse(accepts(PEER, open));
      return null;
    });
  }

  @Test
  void aConnectionThatDoesNotComeAboutCountsNoMore() throws Exception {
    int closed;
    try (ServerSocket server = new ServerSocket(0, 5, LOCALHOST)) {
      closed = server.getLocalPort();
    }
    host.tailnet().listen(80, new SharableHandler()).sync();
    for (int i = 0; i < 100; i++) {
      assertEquals("rejected", open(closed).outcome());
    }
    List<EmbeddedChannel> open = new ArrayList<>();
    loop.call(() -> {
      for (int i = 0; i < InboundDispatch.MAX_CONNECTIONS_OF_A_PEER; i++) {
        assertTrue(accepts(PEER, open), "connection " + i);
      }
      return null;
    });
  }

  /// On the loop.
  private boolean accepts(InetSocketAddress peer, List<EmbeddedChannel> open) {
    int before = open.size();
    host.forwarder()
        .onIncoming(
            new Flow(new InetSocketAddress(OWN, 80), peer),
            new Forwarder.Decision() {
              @Override
              public Future<Channel> accept(ChannelHandler handler) {
                EmbeddedChannel channel = new EmbeddedChannel(handler);
                open.add(channel);
                return loop.eventLoop().newSucceededFuture(channel);
              }

              @Override
              public void reject() {}
            });
    return open.size() > before;
  }

  private static final class SharableHandler extends ChannelInboundHandlerAdapter {
    @Override
    public boolean isSharable() {
      return true;
    }
  }

  @Test
  void aPeerThatSendsFromManyPortsEndsNoFlowOfAnother() throws Exception {
    try (DatagramSocket server = new DatagramSocket(0, LOCALHOST)) {
      InetSocketAddress own = new InetSocketAddress(OWN, server.getLocalPort());
      InetSocketAddress other = new InetSocketAddress("100.64.0.3", 50_000);
      DatagramPacket packet = new DatagramPacket(new byte[100], 100);
      sendFrom(other, own);
      server.receive(packet);
      SocketAddress socketOfOther = packet.getSocketAddress();
      for (int i = 0; i < 5 * UdpForwarding.MAX_FLOWS_OF_A_PEER; i++) {
        sendFrom(new InetSocketAddress(PEER.getAddress(), 1024 + i), own);
        server.receive(packet);
      }

      sendFrom(other, own);
      server.receive(packet);

      assertEquals(socketOfOther, packet.getSocketAddress());
    }
  }

  private void sendFrom(InetSocketAddress peer, InetSocketAddress own) throws Exception {
    loop.call(() -> {
      host.forwarder().onDatagram(own, peer, Unpooled.copiedBuffer("x", US_ASCII));
      return null;
    });
  }

  @Test
  void datagramsGoToTheSamePortAndAnswersComeBack() throws Exception {
    try (DatagramSocket server = new DatagramSocket(0, LOCALHOST)) {
      InetSocketAddress own = new InetSocketAddress(OWN, server.getLocalPort());
      for (String text : List.of("one", "two")) {
        loop.call(() -> {
          host.forwarder().onDatagram(own, PEER, Unpooled.copiedBuffer(text, US_ASCII));
          return null;
        });
        DatagramPacket packet = new DatagramPacket(new byte[100], 100);
        server.receive(packet);
        assertEquals(text, new String(packet.getData(), 0, packet.getLength(), US_ASCII));
        server.send(new DatagramPacket("answer".getBytes(US_ASCII), 6, packet.getSocketAddress()));
        assertEquals(own.getPort() + ">50000 answer", sentBack.poll(10, TimeUnit.SECONDS));
      }
    }
  }

  @Test
  void aLongAnswerIsWhole() throws Exception {
    try (DatagramSocket server = new DatagramSocket(0, LOCALHOST)) {
      InetSocketAddress own = new InetSocketAddress(OWN, server.getLocalPort());
      loop.call(() -> {
        host.forwarder().onDatagram(own, PEER, Unpooled.copiedBuffer("x", US_ASCII));
        return null;
      });
      DatagramPacket packet = new DatagramPacket(new byte[100], 100);
      server.receive(packet);
      byte[] answer = "y".repeat(9000).getBytes(US_ASCII);
      server.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      assertTrue(sentBack.poll(10, TimeUnit.SECONDS).length() > 9000);
    }
  }

  @Test
  void aDatagramToAClosedPortOfThisMachineIsRefused() throws Exception {
    int closed;
    try (DatagramSocket server = new DatagramSocket(0, LOCALHOST)) {
      closed = server.getLocalPort();
    }
    loop.call(() -> {
      InetSocketAddress own = new InetSocketAddress(OWN, closed);
      host.forwarder().onDatagram(own, PEER, Unpooled.copiedBuffer("x", US_ASCII));
      return null;
    });
    assertEquals(closed + ">50000 refused", sentBack.poll(10, TimeUnit.SECONDS));
  }

  @Test
  void aServiceThatFailsDoesNotKeepTheOthersFromStarting() {
    BlockingQueue<String> calls = new LinkedBlockingQueue<>();
    host.start(
        List.of(new NamedService("bad", calls, true), new NamedService("good", calls, false)));
    host.close();
    assertEquals(List.of("start bad", "start good", "stop good"), List.copyOf(calls));
    assertFalse(calls.contains("stop bad"));
  }

  private void claim(Slot slot, BlockingQueue<String> asked, boolean accepts) {
    host.start(
        List.of(
            service(
                context -> context.inbound().claim(slot, new Recording(slot, asked, accepts)))));
  }

  private Attempt open(int port) throws Exception {
    Attempt attempt = new Attempt();
    loop.call(() -> {
      host.forwarder().onIncoming(new Flow(new InetSocketAddress(OWN, port), PEER), attempt);
      return null;
    });
    return attempt;
  }

  private static NodeService service(Consumer<ServiceContext> onStart) {
    return new NodeService() {
      @Override
      public String name() {
        return "test";
      }

      @Override
      public void start(ServiceContext context) {
        onStart.accept(context);
      }

      @Override
      public void stop() {}
    };
  }

  private record Recording(Slot slot, BlockingQueue<String> asked, boolean answer)
      implements InboundHandler {
    @Override
    public boolean accepts(InboundFlow flow) {
      asked.add(slot + "?");
      return answer;
    }

    @Override
    public void initChannel(Channel channel, InboundFlow flow) {
      asked.add(slot + "!");
    }
  }

  private record NamedService(String name, BlockingQueue<String> calls, boolean fails)
      implements NodeService {
    @Override
    public void start(ServiceContext context) {
      calls.add("start " + name);
      if (fails) {
        throw new IllegalStateException("on purpose");
      }
    }

    @Override
    public void stop() {
      calls.add("stop " + name);
    }
  }

  /// A peer's attempt to connect. A loopback connection stands in for the one over the tailnet.
  private final class Attempt implements Forwarder.Decision {
    private final CompletableFuture<String> outcome = new CompletableFuture<>();
    private final CompletableFuture<Socket> peer = new CompletableFuture<>();

    @Override
    public Future<Channel> accept(ChannelHandler handler) {
      Promise<Channel> accepted = loop.eventLoop().newPromise();
      try {
        ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ChannelFuture connected =
            new Bootstrap()
                .group(loop.eventLoop())
                .channel(loop.transport().socketChannel())
                .handler(handler)
                .connect(listener.getLocalSocketAddress());
        connected.addListener(_ -> accepted.setSuccess(connected.channel()));
        Thread.ofVirtual().start(() -> acceptPeer(listener)); // the loop may not wait for itself
      } catch (IOException e) {
        outcome.completeExceptionally(e);
      }
      return accepted;
    }

    private void acceptPeer(ServerSocket listener) {
      try (listener) {
        peer.complete(listener.accept());
        outcome.complete("accepted");
      } catch (IOException e) {
        outcome.completeExceptionally(e);
      }
    }

    @Override
    public void reject() {
      outcome.complete("rejected");
    }

    String outcome() throws Exception {
      return outcome.get(10, TimeUnit.SECONDS);
    }

    Socket peer() throws Exception {
      return peer.get(10, TimeUnit.SECONDS);
    }
  }

  private final class RecordingStack implements TailnetStack {
    @Override
    public ChannelFuture connect(InetSocketAddress remote, ChannelHandler handler) {
      throw new AssertionError("nothing is dialled on the tailnet here");
    }

    @Override
    public ChannelFuture connectDatagram(InetSocketAddress remote, ChannelHandler handler) {
      throw new AssertionError("nothing is dialled on the tailnet here");
    }

    @Override
    public void sendDatagram(InetSocketAddress from, InetSocketAddress to, ByteBuf payload) {
      sentBack.add(from.getPort() + ">" + to.getPort() + " " + payload.toString(US_ASCII));
      payload.release();
    }

    @Override
    public void refuseDatagram(InetSocketAddress local, InetSocketAddress remote) {
      sentBack.add(local.getPort() + ">" + remote.getPort() + " refused");
    }
  }

  private static final class FixedView implements TailnetView {
    @Override
    public Optional<SelfNode> self() {
      return Optional.of(new SelfNode("server.home.weft", List.of(OWN), "home.weft", List.of()));
    }

    @Override
    public Optional<Ip> resolve(String name) {
      return Optional.empty();
    }

    @Override
    public boolean reaches(Ip address) {
      return false;
    }

    @Override
    public Optional<Caller> whois(Ip address) {
      return address.toInetAddress().equals(PEER.getAddress())
          ? Optional.of(ALICE)
          : Optional.empty();
    }
  }
}
