package dev.weft.runtime.loop;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
final class ChannelRelayTest {
  private final NodeLoop loop = new NodeLoop();

  @AfterEach
  void close() {
    loop.close();
  }

  /// How much the server has taken before it pauses; the client has ended by then.
  enum Pause {
    AT_ONCE,
    LATE
  }

  @ParameterizedTest
  @EnumSource
  void aSlowServerStillAnswersAClientThatHasEnded(Pause pause) throws Exception {
    int bytes = 16 << 20; // more than the sockets and the relay hold
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Channel front = relayTo(server.getLocalPort());
      try (Socket client = new Socket()) {
        client.connect(front.localAddress());
        Thread writer = Thread.ofVirtual().start(() -> sendAndEnd(client, bytes));
        try (Socket accepted = server.accept()) {
          InputStream in = accepted.getInputStream();
          int first = pause == Pause.AT_ONCE ? 0 : bytes / 2;
          in.readNBytes(first);
          writer.join(200);
          assertEquals(bytes - first, in.readAllBytes().length);
          accepted.getOutputStream().write("thanks".getBytes(US_ASCII));
        }
        assertEquals("thanks", new String(client.getInputStream().readAllBytes(), US_ASCII));
      }
    }
  }

  @Test
  void theEndOfEachDirectionIsPassedOnAlone() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Channel front = relayTo(server.getLocalPort());
      try (Socket client = new Socket()) {
        client.connect(front.localAddress());
        try (Socket accepted = server.accept()) {
          accepted.shutdownOutput();
          assertEquals(-1, client.getInputStream().read());
          client.getOutputStream().write("still here".getBytes(US_ASCII));
          client.shutdownOutput();
          assertEquals(
              "still here", new String(accepted.getInputStream().readAllBytes(), US_ASCII));
        }
      }
    }
  }

  private static void sendAndEnd(Socket client, int bytes) {
    try {
      client.getOutputStream().write(new byte[bytes]);
      client.shutdownOutput();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A listener whose connections are relayed to a port of this machine.
  private Channel relayTo(int port) throws InterruptedException {
    return new ServerBootstrap()
        .group(loop.eventLoop())
        .channel(loop.transport().serverSocketChannel())
        .childOption(ChannelOption.AUTO_READ, false)
        .childHandler(
            new ChannelInboundHandlerAdapter() {
              @Override
              public boolean isSharable() {
                return true;
              }

              @Override
              public void channelActive(ChannelHandlerContext context) {
                new Bootstrap()
                    .group(loop.eventLoop())
                    .channel(loop.transport().socketChannel())
                    .handler(new Paused())
                    .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                    .addListener((ChannelFuture connected) ->
                        ChannelRelay.join(context.channel(), connected.channel()));
              }
            })
        .bind(InetAddress.getLoopbackAddress(), 0)
        .await()
        .channel();
  }
}
