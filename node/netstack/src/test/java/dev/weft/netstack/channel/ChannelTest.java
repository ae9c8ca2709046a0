package dev.weft.netstack.channel;

import static dev.weft.netstack.channel.TwoNodes.A;
import static dev.weft.netstack.channel.TwoNodes.B;
import static dev.weft.netstack.channel.TwoNodes.B6;
import static dev.weft.netstack.channel.TwoNodes.at;
import static dev.weft.netstack.channel.TwoNodes.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ChannelTest {
  private final TwoNodes nodes = new TwoNodes();

  @AfterEach
  void close() {
    nodes.close();
  }

  @Test
  void anEchoServerEchoes() throws Exception {
    await(nodes.b.listen(7, new Echo()));
    Recorder recorder = new Recorder();
    Channel client = await(connect(B6, 7, recorder));
    assertTrue(client.isActive());
    assertEquals(at(B6, 7), client.remoteAddress());
    await(client.writeAndFlush(text("hello")));
    assertEquals("hello", recorder.take());
    await(client.close());
  }

  @Test
  void aClosedPortRefuses() {
    assertFails(ConnectException.class, connect(B, 9, new Recorder()));
  }

  @Test
  void aSilentPeerTimesOut() throws Exception {
    ChannelFuture future =
        new Bootstrap()
            .group(nodes.eventLoop)
            .channelFactory(nodes.a::newChannel)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 30)
            .handler(new Recorder())
            .connect(at(dev.weft.base.Ip.parse("100.64.0.99"), 80));
    assertFails(ConnectTimeoutException.class, future);
    await(future.channel().closeFuture());
  }

  @Test
  void aNodeWithoutAddressesHasNoRoute() throws Exception {
    nodes.onLoop(() -> {
      nodes.a.setAddresses(java.util.List.of());
      return true;
    });
    assertFails(NoRouteToHostException.class, connect(B, 80, new Recorder()));
  }

  @Test
  void aPortIsTakenOnlyOnce() throws Exception {
    Channel first = await2(nodes.b.listen(80, new Echo()));
    assertFails(BindException.class, nodes.b.listen(80, new Echo()));
    await(first.close());
    await(nodes.b.listen(80, new Echo()));
    Channel free = await2(nodes.b.listen(0, new Echo()));
    assertTrue(((InetSocketAddress) free.localAddress()).getPort() > 0);
  }

  @Test
  void halfClosureEndsOneDirectionOnly() throws Exception {
    CompletableFuture<Channel> accepted = new CompletableFuture<>();
    Recorder server = new Recorder();
    await(nodes.b.listen(80, initializer(accepted, server, true)));
    Recorder recorder = new Recorder();
    Channel client = await(connect(B, 80, recorder));
    client.writeAndFlush(text("question"));
    await(((DuplexChannel) client).shutdownOutput());
    assertEquals("question", server.take());
    assertEquals("<input shutdown>", server.take());
    Channel peer = accepted.get(5, TimeUnit.SECONDS);
    assertTrue(peer.isActive());
    await(peer.writeAndFlush(text("answer")));
    assertEquals("answer", recorder.take());
    peer.close();
    assertEquals("<inactive>", recorder.take());
    await(client.closeFuture());
  }

  @Test
  void aResetIsReported() throws Exception {
    CompletableFuture<Channel> accepted = new CompletableFuture<>();
    await(nodes.b.listen(80, initializer(accepted, new Recorder(), false)));
    Recorder recorder = new Recorder();
    await(connect(B, 80, recorder));
    Channel peer = accepted.get(5, TimeUnit.SECONDS);
    peer.config().setOption(ChannelOption.SO_LINGER, 0);
    await(peer.close());
    assertEquals("<Connection reset by peer>", recorder.take());
    assertEquals("<inactive>", recorder.take());
  }

  @Test
  void whatWasFlushedBeforeCloseIsDelivered() throws Exception {
    Recorder server = new Recorder();
    await(nodes.b.listen(80, initializer(new CompletableFuture<>(), server, false)));
    Channel client = await(connect(B, 80, new Recorder()));
    nodes.onLoop(() -> {
      client.writeAndFlush(text("last words"));
      client.close();
      return true;
    });
    assertEquals("last words", server.take());
    assertEquals("<inactive>", server.take());
  }

  @Test
  void aReaderThatStopsMakesTheWriterUnwritable() throws Exception {
    CompletableFuture<Channel> accepted = new CompletableFuture<>();
    ByteCounter counter = new ByteCounter();
    await(
        nodes.b.listen(
            80,
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.config().setAutoRead(false);
                channel.pipeline().addLast(counter);
                accepted.complete(channel);
              }
            }));
    Channel client = await(connect(B, 80, new Recorder()));
    Channel peer = accepted.get(5, TimeUnit.SECONDS);
    int total = 0;
    ChannelFuture last = client.newSucceededFuture();
    // Unwritable for a moment is what every large write is; the reader has stopped when nothing
    // moves.
    boolean moves = true;
    while (moves && total < 64 << 20) {
      last = client.writeAndFlush(Unpooled.wrappedBuffer(new byte[100_000]));
      total += 100_000;
      nodes.onLoop(() -> true);
      moves = client.isWritable() || last.await(500, TimeUnit.MILLISECONDS);
    }
    assertFalse(client.isWritable());
    assertFalse(last.isDone());
    peer.config().setAutoRead(true);
    await(last);
    client.close();
    assertEquals(total, counter.total.get(10, TimeUnit.SECONDS));
  }

  @Test
  void theForwarderDecidesLater() throws Exception {
    BlockingQueue<Flow> flows = new LinkedBlockingQueue<>();
    BlockingQueue<Forwarder.Decision> decisions = new LinkedBlockingQueue<>();
    setForwarder((flow, decision) -> {
      flows.add(flow);
      decisions.add(decision);
    });
    Recorder recorder = new Recorder();
    InetSocketAddress foreign = at(dev.weft.base.Ip.parse("192.168.7.7"), 8080);
    ChannelFuture connecting = nodes.a.connect(foreign, recorder);
    Flow flow = flows.poll(5, TimeUnit.SECONDS);
    assertEquals(foreign, flow.local());
    assertEquals(A.toInetAddress(), flow.remote().getAddress());
    nodes.onLoop(() -> true);
    assertFalse(connecting.isDone());
    Forwarder.Decision decision = decisions.take();
    Future<Channel> accepted = nodes.onLoop(() -> decision.accept(new Echo()));
    await(connecting);
    assertEquals(foreign, await(accepted).localAddress());
    connecting.channel().writeAndFlush(text("through"));
    assertEquals("through", recorder.take());
  }

  @Test
  void aRejectedFlowLooksRefused() throws Exception {
    setForwarder((flow, decision) -> decision.reject());
    assertFails(ConnectException.class, connect(B, 12345, new Recorder()));
  }

  @Test
  void datagramsGoBothWays() throws Exception {
    await(
        nodes.b.bindDatagram(
            new InetSocketAddress(53),
            new SimpleChannelInboundHandler<DatagramPacket>() {
              @Override
              protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
                context.writeAndFlush(
                    new DatagramPacket(packet.content().retain(), packet.sender()));
              }
            }));
    BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    Channel client =
        await2(
            nodes.a.bindDatagram(
                new InetSocketAddress(0),
                new SimpleChannelInboundHandler<DatagramPacket>() {
                  @Override
                  protected void channelRead0(
                      ChannelHandlerContext context, DatagramPacket packet) {
                    answers.add(
                        packet.sender().getPort()
                            + packet.content().toString(StandardCharsets.UTF_8));
                  }
                }));
    client.writeAndFlush(new DatagramPacket(text("query"), at(B, 53)));
    assertEquals("53query", answers.poll(5, TimeUnit.SECONDS));
  }

  @Test
  void aNodeReachesItself() throws Exception {
    await(nodes.a.listen(7, new Echo()));
    Recorder recorder = new Recorder();
    Channel client = await(connect(A, 7, recorder));
    client.writeAndFlush(text("me"));
    assertEquals("me", recorder.take());
  }

  private Future<Channel> connect(dev.weft.base.Ip ip, int port, Recorder recorder) {
    ChannelFuture future = nodes.a.connect(at(ip, port), recorder);
    io.netty.util.concurrent.Promise<Channel> promise = nodes.eventLoop.newPromise();
    future.addListener(f -> {
      if (f.isSuccess()) {
        promise.setSuccess(future.channel());
      } else {
        promise.setFailure(f.cause());
      }
    });
    return promise;
  }

  private static Channel await2(ChannelFuture future) throws Exception {
    await(future);
    return future.channel();
  }

  private void setForwarder(Forwarder forwarder) throws Exception {
    nodes.onLoop(() -> {
      nodes.b.setForwarder(forwarder);
      return true;
    });
  }

  private static void assertFails(Class<? extends Exception> kind, Future<?> future) {
    ExecutionException e = assertThrows(ExecutionException.class, () -> await(future));
    assertInstanceOf(kind, e.getCause());
  }

  private static ByteBuf text(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }

  private static ChannelInitializer<Channel> initializer(
      CompletableFuture<Channel> accepted, Recorder recorder, boolean halfClosure) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, halfClosure);
        channel.pipeline().addLast(recorder);
        accepted.complete(channel);
      }
    };
  }

  @io.netty.channel.ChannelHandler.Sharable
  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      context.writeAndFlush(message);
    }
  }

  private static final class ByteCounter extends ChannelInboundHandlerAdapter {
    final CompletableFuture<Integer> total = new CompletableFuture<>();
    private int count;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf buffer = (ByteBuf) message;
      count += buffer.readableBytes();
      buffer.release();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      total.complete(count);
    }
  }

  private static final class Recorder extends ChannelInboundHandlerAdapter {
    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    String take() throws InterruptedException {
      return seen.poll(10, TimeUnit.SECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf buffer = (ByteBuf) message;
      seen.add(buffer.toString(StandardCharsets.UTF_8));
      buffer.release();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof ChannelInputShutdownEvent) {
        seen.add("<input shutdown>");
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      seen.add("<inactive>");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      seen.add("<" + (cause instanceof IOException ? cause.getMessage() : cause) + ">");
    }
  }
}
