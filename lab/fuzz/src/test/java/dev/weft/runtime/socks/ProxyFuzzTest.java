package dev.weft.runtime.socks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weft.fuzz.Script;
import dev.weft.runtime.loop.NodeLoop;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;

/// A client of the SOCKS5 and HTTP proxy port; the destination answers with anything.
final class ProxyFuzzTest {
  private static final int MAX_PIECES = 64;

  /// A loop that has ended: an association for datagrams gets no socket, so that nothing here
  /// happens on another thread.
  private static final NodeLoop NO_SOCKETS = ended();

  private static NodeLoop ended() {
    NodeLoop loop = new NodeLoop();
    loop.close();
    return loop;
  }

  @FuzzTest
  void noClientHarmsTheProxy(byte[] input) {
    Script script = new Script(input);
    Destinations destinations = new Destinations(script.u8() % 4 != 0);
    EmbeddedChannel client =
        new LocalChannel(new FirstByte(NO_SOCKETS, destinations, new UdpAssociation.Budget()));
    for (int i = 0; i < MAX_PIECES && script.hasMore() && client.isOpen(); i++) {
      int choice = script.u8();
      byte[] piece = script.take(script.u8());
      if (choice % 8 == 7 && !destinations.opened.isEmpty()) {
        EmbeddedChannel destination = destinations.opened.getLast();
        if (destination.isOpen()) {
          destination.writeInbound(Unpooled.wrappedBuffer(piece));
        }
      } else {
        client.writeInbound(Unpooled.wrappedBuffer(piece));
      }
      client.runPendingTasks();
      client.checkException();
    }
    assertTrue(destinations.opened.size() <= 1, "one connection, one destination");
    client.finishAndReleaseAll();
    destinations.opened.forEach(EmbeddedChannel::finishAndReleaseAll);
  }

  /// A client on this machine.
  private static final class LocalChannel extends EmbeddedChannel {
    private static final InetSocketAddress HERE =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 1055);

    LocalChannel(ChannelHandler handler) {
      super(handler);
    }

    @Override
    protected SocketAddress localAddress0() {
      return HERE;
    }

    @Override
    protected SocketAddress remoteAddress0() {
      return HERE;
    }
  }

  private static final class Destinations implements Dialer {
    final List<EmbeddedChannel> opened = new ArrayList<>();
    private final boolean reachable;

    Destinations(boolean reachable) {
      this.reachable = reachable;
    }

    @Override
    public Future<Channel> dial(String host, int port, ChannelHandler handler) {
      assertTrue(port >= 0 && port <= 65_535, "port " + port);
      if (!reachable) {
        return ImmediateEventExecutor.INSTANCE.newFailedFuture(new ConnectException("refused"));
      }
      EmbeddedChannel channel = new EmbeddedChannel(handler);
      opened.add(channel);
      return ImmediateEventExecutor.INSTANCE.newSucceededFuture(channel);
    }

    @Override
    public Future<Channel> dialDatagrams(String host, int port, ChannelHandler handler) {
      throw new AssertionError("no association has a socket here");
    }
  }
}
