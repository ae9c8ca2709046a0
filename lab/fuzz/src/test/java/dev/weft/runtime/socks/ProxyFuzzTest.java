package dev.weft.runtime.socks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weft.fuzz.Script;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;

/// A client of the SOCKS5 and HTTP proxy port; the destination answers with anything.
final class ProxyFuzzTest {
  private static final int MAX_PIECES = 64;

  @FuzzTest
  void noClientHarmsTheProxy(byte[] input) {
    Script script = new Script(input);
    Destinations destinations = new Destinations(script.u8() % 4 != 0);
    EmbeddedChannel client = new EmbeddedChannel(new FirstByte(destinations));
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
  }
}
