package dev.weft.serve;

import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weft.fuzz.Script;
import dev.weft.ipn.serve.HostPort;
import dev.weft.ipn.serve.HttpHandler;
import dev.weft.ipn.serve.ServeConfig;
import dev.weft.node.Caller;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A client of `serve` that sends anything, before a program that answers with anything: neither
/// makes the proxy throw, and no header that only the proxy may set reaches the program.
final class ServeFrontFuzzTest {
  private static final HostPort HOST = new HostPort("a.lab.net", 80);
  private static final Router ROUTER =
      new Router(
          ServeConfig.EMPTY
              .withWebHandler(
                  HOST, "/", HttpHandler.proxyTo("http://127.0.0.1:8080", List.of()), false)
              .withWebHandler(HOST, "/text", HttpHandler.ofText("hello"), false));
  private static final InetSocketAddress LOCAL = new InetSocketAddress("100.64.0.1", 80);
  private static final InetSocketAddress REMOTE = new InetSocketAddress("100.64.0.2", 1024);
  private static final int MAX_PIECES = 64;

  @FuzzTest
  void neitherEndHarmsTheProxy(byte[] input) {
    Script script = new Script(input);
    Programs programs = new Programs(script.u8() % 8 != 0);
    BufferShare buffers = new BufferShare();
    BackendPool pool = new BackendPool(programs, Timeouts.DEFAULT, buffers);
    ProxyContext context =
        new ProxyContext(
            () -> ROUTER,
            pool,
            buffers,
            Timeouts.DEFAULT,
            _ -> Optional.<Caller>empty(),
            () -> "lab.net");
    EmbeddedChannel client = new EmbeddedChannel(new FrontConnection(context, LOCAL, REMOTE));
    for (int i = 0; i < MAX_PIECES && script.hasMore() && client.isOpen(); i++) {
      boolean answer = script.u8() % 2 == 1;
      byte[] piece = script.take(script.u16() % 1024);
      EmbeddedChannel to =
          answer && !programs.opened.isEmpty() ? programs.opened.getLast() : client;
      if (to.isOpen()) {
        to.writeInbound(Unpooled.wrappedBuffer(piece));
      }
      client.runPendingTasks();
      programs.drain();
      client.releaseOutbound();
    }
    client.finishAndReleaseAll();
    pool.close();
    programs.opened.forEach(EmbeddedChannel::finishAndReleaseAll);
  }

  private static final class Programs implements Dialer {
    final List<EmbeddedChannel> opened = new ArrayList<>();
    private final boolean reachable;

    Programs(boolean reachable) {
      this.reachable = reachable;
    }

    @Override
    public Future<Channel> dial(String host, int port, ChannelHandler handler) {
      if (!reachable || opened.size() > 16) {
        return ImmediateEventExecutor.INSTANCE.newFailedFuture(new ConnectException("refused"));
      }
      EmbeddedChannel channel = new EmbeddedChannel(handler);
      opened.add(channel);
      return ImmediateEventExecutor.INSTANCE.newSucceededFuture(channel);
    }

    /// Looks at the heads that reach the programs.
    void drain() {
      for (EmbeddedChannel channel : opened) {
        channel.runPendingTasks();
        for (ByteBuf written = channel.readOutbound(); written != null; ) {
          String text = written.toString(StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
          int end = text.indexOf("\r\n\r\n");
          if (text.startsWith("get /") && end > 0) {
            assertFalse(
                text.substring(0, end).contains("\r\ntailscale-user-login:"),
                "an identity that nobody has proved");
          }
          written.release();
          written = channel.readOutbound();
        }
      }
    }
  }
}
