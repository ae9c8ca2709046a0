package dev.weft.runtime.control;

import dev.weft.transport.proxy.HttpProxy;
import dev.weft.transport.proxy.ProxyRoute;
import dev.weft.transport.proxy.ProxyTunnel;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// TCP connections to a host by name, blocking; through a proxy where this machine has one for it.
/// Names are resolved on the calling thread: the event loop must not wait for DNS.
final class Dialer {
  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

  /// The tunnel has a limit of its own, which comes first.
  private static final long TUNNEL_TIMEOUT_MILLIS = 15_000;

  /// What Netty adds to the system's words. How the native transport introduces the system's error:
  /// `finishConnect(..) failed with error(-111): `.
  private static final String NETTYS_CALL = "^\\w+\\(\\.*\\) failed(?: with error\\(-?\\d+\\))?: ";

  private static final String NETTYS_ADDRESS = ": \\S*/[0-9a-f.:\\[\\]%]+$";

  private final ControlSettings settings;

  Dialer(ControlSettings settings) {
    this.settings = settings;
  }

  /// Connects to the first address of the host that accepts.
  ///
  /// @param tls whether it is for an `https` URL
  /// @param pipeline fills the pipeline, anew for each address
  Channel connect(boolean tls, String host, int port, Consumer<ChannelPipeline> pipeline)
      throws IOException, InterruptedException {
    return switch (settings.uplink().proxies().route(tls, host, port)) {
      case ProxyRoute.Direct _ -> connect(host, port, pipeline);
      case ProxyRoute.Through(HttpProxy proxy) -> tunnel(proxy, host, port, pipeline);
      case ProxyRoute.Nowhere(String why) -> throw ControlException.of(why);
    };
  }

  private Channel tunnel(HttpProxy proxy, String host, int port, Consumer<ChannelPipeline> pipeline)
      throws IOException, InterruptedException {
    Channel channel;
    try {
      channel = connect(proxy.host(), proxy.port(), _ -> {});
    } catch (ControlException e) {
      throw ControlException.of("no way to the proxy " + proxy + ": " + reason(e), e);
    }
    Future<Void> opened = ProxyTunnel.open(channel, proxy, settings.uplink().trust(), host, port);
    opened.addListener(done -> {
      if (done.isSuccess()) {
        pipeline.accept(channel.pipeline());
        channel.pipeline().fireChannelActive(); // for those who have just come
      }
    });
    await(opened, channel, TUNNEL_TIMEOUT_MILLIS);
    if (!opened.isSuccess()) {
      throw ControlException.of(reason(opened.cause()), orUnknown(opened.cause()));
    }
    return channel;
  }

  private Channel connect(String host, int port, Consumer<ChannelPipeline> pipeline)
      throws IOException, InterruptedException {
    @Nullable Throwable last = null;
    for (InetAddress address : resolve(host)) {
      ChannelFuture connecting =
          new Bootstrap()
              .group(settings.loops())
              .channel(settings.channel())
              .resolver(NoopAddressResolverGroup.INSTANCE)
              .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
              .option(ChannelOption.TCP_NODELAY, true)
              .handler(initializer(pipeline))
              .connect(new InetSocketAddress(address, port));
      await(connecting, connecting.channel(), CONNECT_TIMEOUT_MILLIS + 1_000L);
      if (connecting.isSuccess()) {
        return connecting.channel();
      }
      last = connecting.cause();
    }
    throw ControlException.of(
        "cannot connect to " + host + " port " + port + ": " + reason(last), orUnknown(last));
  }

  /// Waits for a future of a channel, and closes the channel when the wait is cut short.
  static void await(Future<?> future, Channel channel, long millis) throws InterruptedException {
    try {
      if (!future.await(millis, TimeUnit.MILLISECONDS)) {
        channel.close();
      }
    } catch (InterruptedException e) {
      channel.close();
      throw e;
    }
  }

  /// The first line of what a failure says.
  static String reason(@Nullable Throwable failure) {
    if (failure == null) {
      return "no answer";
    }
    String text = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    String line = text.lines().findFirst().orElse("no reason given");
    return line.replaceFirst(NETTYS_ADDRESS, "").replaceFirst(NETTYS_CALL, "");
  }

  private static Throwable orUnknown(@Nullable Throwable failure) {
    return failure == null ? new IOException("no answer") : failure;
  }

  private static InetAddress[] resolve(String host) throws ControlException {
    String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    try {
      return InetAddress.getAllByName(name);
    } catch (UnknownHostException e) {
      throw ControlException.of("cannot find the address of " + name, e);
    }
  }

  private static ChannelHandler initializer(Consumer<ChannelPipeline> pipeline) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        pipeline.accept(channel.pipeline());
      }
    };
  }
}
