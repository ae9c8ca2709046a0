package dev.weft.serve;

import dev.weft.ipn.serve.HostPort;
import dev.weft.ipn.serve.ServeConfig;
import dev.weft.ipn.serve.ServeKind;
import dev.weft.ipn.serve.ServeTarget;
import dev.weft.ipn.serve.TcpPortHandler;
import dev.weft.json.MalformedJson;
import dev.weft.node.SelfNode;
import dev.weft.node.Tailnet;
import dev.weft.node.spi.InboundFlow;
import dev.weft.node.spi.InboundHandler;
import dev.weft.node.spi.NodeService;
import dev.weft.node.spi.ServiceContext;
import dev.weft.node.spi.Slot;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The `serve` service: takes the connections to ports that the serve configuration names.
public final class ServeService implements NodeService {
  private static final Logger LOG = LoggerFactory.getLogger(ServeService.class);

  /// Connections at a time. Beyond it new ones are closed at once, those that are there go on.
  private static final int MAX_CONNECTIONS = 8192;

  /// Of one address: a machine that opens them without end must not shut the others out, neither
  /// here nor from a backend ([BackendPool#MAX_OPEN]).
  static final int MAX_CONNECTIONS_OF_A_PEER = 512;

  private volatile Router router = Router.EMPTY;
  private @Nullable Running running;

  /// What exists between start and stop.
  private record Running(
      Tailnet tailnet,
      EventLoop loop,
      Dialer dialer,
      ProxyContext context,
      ChannelGroup channels) {}

  /// For [java.util.ServiceLoader].
  public ServeService() {}

  @Override
  public String name() {
    return "serve";
  }

  @Override
  public void start(ServiceContext service) {
    Tailnet tailnet = service.tailnet();
    Dialer dialer = tailnet::dial;
    BufferShare buffers = new BufferShare();
    BackendPool pool = new BackendPool(dialer, Timeouts.DEFAULT, buffers);
    ProxyContext context =
        new ProxyContext(
            () -> router,
            pool,
            buffers,
            Timeouts.DEFAULT,
            tailnet::whois,
            () -> tailnet.self().map(SelfNode::magicDnsSuffix).orElse(""));
    EventLoop loop = tailnet.eventLoop();
    Running started =
        new Running(tailnet, loop, dialer, context, new DefaultChannelGroup("serve", loop, true));
    running = started;
    service.serveConfig().subscribe(json -> configure(json, pool));
    service.inbound().claim(Slot.SERVE, new Inbound(started));
  }

  @Override
  public void stop() {
    Running stopped = running;
    running = null;
    if (stopped != null) {
      stopped.channels().close();
      stopped.loop().execute(stopped.context().pool()::close);
    }
  }

  private void configure(String json, BackendPool pool) {
    ServeConfig config;
    try {
      config = ServeConfig.decode(json);
    } catch (MalformedJson e) {
      LOG.warn(
          "The serve configuration is unreadable, the one before stays in force: {}",
          e.getMessage());
      return;
    }
    router = new Router(config);
    pool.retain(router.origins());
    config.tcp().forEach(ServeService::explainUnserved);
    config.foreground().values().forEach(c -> c.tcp().forEach(ServeService::explainUnserved));
  }

  private static void explainUnserved(int port, TcpPortHandler handler) {
    if (handler.https() || !handler.terminateTls().isEmpty()) {
      LOG.warn(
          "Port {} is served with TLS, for which this node has no certificates: connections to it are closed. Serve it with --http={} or --tcp={} instead.",
          port,
          port,
          port);
    } else if (!handler.isWeb() && ServeTarget.address(handler.tcpForward()).isEmpty()) {
      LOG.warn(
          "Port {} cannot be forwarded to {}: connections to it are closed.",
          port,
          handler.tcpForward());
    }
  }

  private final class Inbound implements InboundHandler {
    private final Running started;
    private final Map<InetAddress, Integer> byPeer = new HashMap<>(); // node loop; look-ups only

    Inbound(Running started) {
      this.started = started;
    }

    @Override
    public boolean accepts(InboundFlow flow) {
      return router.port(flow.local().getPort()).isPresent();
    }

    @Override
    public void initChannel(Channel channel, InboundFlow flow) {
      Optional<TcpPortHandler> handler = router.port(flow.local().getPort());
      InetAddress peer = flow.remote().getAddress();
      if (handler.isEmpty()
          || started.channels().size() >= MAX_CONNECTIONS
          || byPeer.getOrDefault(peer, 0) >= MAX_CONNECTIONS_OF_A_PEER) {
        channel.close();
        return;
      }
      // A machine that falls asleep ends nothing: its tunnels would stay, and count, for ever.
      channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
      started.channels().add(channel);
      byPeer.merge(peer, 1, Integer::sum);
      channel
          .closeFuture()
          .addListener(_ -> byPeer.computeIfPresent(peer, (_, n) -> n == 1 ? null : n - 1));
      switch (handler.get().kind().orElse(ServeKind.HTTPS)) {
        case HTTP ->
            channel
                .pipeline()
                .addLast(new FrontConnection(started.context(), flow.local(), flow.remote()));
        case TCP -> forward(channel, flow, handler.get());
        case HTTPS, TLS_TERMINATED_TCP -> channel.close();
      }
    }

    private void forward(Channel channel, InboundFlow flow, TcpPortHandler handler) {
      HostPort target = ServeTarget.address(handler.tcpForward()).orElse(null);
      if (target == null) {
        channel.close();
        return;
      }
      channel
          .pipeline()
          .addLast(
              new TcpForward(
                  started.dialer(),
                  target,
                  handler.proxyProtocol(),
                  flow.local(),
                  flow.remote(),
                  started.context().timeouts().connect(),
                  started.context().buffers()));
    }
  }
}
