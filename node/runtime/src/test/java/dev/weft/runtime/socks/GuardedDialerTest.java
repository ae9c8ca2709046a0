package dev.weft.runtime.socks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuardedDialerTest {
  @ParameterizedTest
  @CsvSource({
    // client, destination, where it leads, whether it may
    "127.0.0.1, 127.0.0.1, 127.0.0.1, true",
    "127.0.0.1, 100.64.0.7, 100.64.0.7, true",
    "127.0.0.1, 100.100.100.100, 100.100.100.100, false",
    "127.0.0.1, fd7a:115c:a1e0::53, fd7a:115c:a1e0::53, false",
    "192.0.2.7, 100.64.0.7, 100.64.0.7, true",
    "192.0.2.7, web, 203.0.113.1, true",
    "192.0.2.7, 127.0.0.1, 127.0.0.1, false",
    "192.0.2.7, ::1, ::1, false",
    "192.0.2.7, 0.0.0.0, 127.0.0.1, false",
    "192.0.2.7, 169.254.169.254, 169.254.169.254, false",
    "192.0.2.7, ::ffff:127.0.0.1, 127.0.0.1, false",
    "192.0.2.7, localhost, 127.0.0.1, false",
    "192.0.2.7, rebound.example, 127.0.0.1, false",
  })
  void clientsReachWhatIsForThem(String client, String host, String leadsTo, boolean allowed) {
    Dialer inner =
        new Dialer() {
          @Override
          public Future<Channel> dial(String name, int port, ChannelHandler handler) {
            return new Addressed(leadsTo).newSucceededChannel();
          }

          @Override
          public Future<Channel> dialDatagrams(String name, int port, ChannelHandler handler) {
            return new Addressed(leadsTo).newSucceededChannel();
          }
        };
    Addressed from = new Addressed(client);
    Dialer guarded = new GuardedDialer(inner, from);
    Future<Channel> stream = guarded.dial(host, 80, new ChannelInboundHandlerAdapter());
    Future<Channel> datagrams = guarded.dialDatagrams(host, 80, new ChannelInboundHandlerAdapter());
    from.runPendingTasks();
    assertEquals(allowed, stream.isSuccess());
    assertEquals(allowed, datagrams.isSuccess());
  }

  /// A channel that is connected to an address.
  private static final class Addressed extends EmbeddedChannel {
    private final SocketAddress remote;

    Addressed(String address) {
      remote = new InetSocketAddress(address, 40_000);
    }

    @Override
    protected SocketAddress remoteAddress0() {
      return remote;
    }

    Future<Channel> newSucceededChannel() {
      return eventLoop().newSucceededFuture(this);
    }
  }
}
