package dev.weft.relay;

import dev.weft.base.Entropy;
import dev.weft.base.Ip;
import dev.weft.derp.ServerInfo;
import dev.weft.json.Json;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.tailcfg.DerpMap;
import dev.weft.tailcfg.DerpNode;
import dev.weft.tailcfg.DerpRegion;
import dev.weft.transport.derp.DerpUpgrade;
import dev.weft.transport.limit.ConnectionLimits;
import dev.weft.transport.tls.CurrentTls;
import dev.weft.transport.tls.SystemTrust;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// A running relay. Closing it ends all connections.
public final class RelayServer implements AutoCloseable {
  // dataplane.md §5.1, §5.4, §5.2: the habits of derper 1.103.
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(60);
  private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration TLS_PATIENCE = Duration.ofSeconds(10);
  private static final Duration REQUEST_PATIENCE = Duration.ofSeconds(20);

  private static final int MAX_REQUEST_LINE = 4096;
  private static final int MAX_HEADERS = 16 << 10;

  private static final int NO_STUN = -1;
  private static final int HTTPS = 443;

  private static final Duration FILES_INTERVAL = Duration.ofSeconds(5);

  /// So many places it takes to use up all connections.
  private static final int PLACES = 16;

  private final RelaySettings settings;
  private final Listeners listeners;
  private final ConnectionLimits limits;
  private final Switchboard board;
  private final KeyChecks checks;
  private final Optional<ServingTls> tls;
  private final StunAnswers stunAnswers = new StunAnswers();
  private final ChannelGroup connections =
      new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

  private final List<MeshConnection> mesh = new CopyOnWriteArrayList<>();

  private @Nullable Channel stun;
  private @Nullable Channel listener;
  private @Nullable Channel http;
  private @Nullable Channel metrics;

  private RelayServer(
      RelaySettings settings, Switchboard board, KeyChecks checks, Optional<ServingTls> tls) {
    this.settings = settings;
    this.board = board;
    this.checks = checks;
    this.tls = tls;
    this.listeners = new Listeners(settings.threads());
    int total = Math.min(settings.maxConnections(), Descriptors.room());
    // A front that ends TLS brings the connections of everybody.
    int perPlace = settings.tls() ? Math.max(1, total / PLACES) : total;
    this.limits = new ConnectionLimits(total, perPlace);
  }

  /// Starts a relay; it serves when this returns.
  ///
  /// @throws RelayException when it cannot: the message is for people
  public static RelayServer start(RelaySettings settings) throws RelayException {
    SecureRandom random = new SecureRandom();
    Entropy entropy = random::nextBytes;
    KeptFiles files = new KeptFiles(settings.stateDir());
    NodePrivateKey key = files.relayKey(entropy);
    Optional<ServingTls> tls =
        settings.tls()
            ? Optional.of(ServingTls.of(settings, files, key.publicKey(), InstantSource.system()))
            : Optional.empty();
    Clients<ClientConnection> clients = new Clients<>();
    Switchboard board =
        new Switchboard(
            key,
            entropy,
            KEEP_ALIVE,
            WRITE_TIMEOUT,
            settings.policy().meshKey(),
            Rates.of(settings.policy()),
            clients,
            new CopyOnWriteArrayList<>(),
            new Mesh(clients),
            new TrafficCounters(null),
            new RelayEvents());
    KeyChecks checks = new KeyChecks(settings.policy(), board);
    RelayServer relay = new RelayServer(settings, board, checks, tls);
    try {
      relay.open();
    } catch (RelayException | RuntimeException e) {
      relay.close();
      throw e;
    }
    return relay;
  }

  /// What must keep turning for clients to be served.
  EventLoopGroup loops() {
    return listeners.loops();
  }

  private void open() throws RelayException {
    if (settings.stun().isPresent()) {
      stun = listeners.receive(settings.stun().get(), stunAnswers);
    }
    if (settings.metrics().isPresent()) {
      MetricsPage page = new MetricsPage(board, stunAnswers, this::meshPeers);
      metrics = listeners.listen(settings.metrics().get(), pages(page::answer), "--metrics");
    }
    listener = listeners.listen(settings.listen(), connectionHandler(), "--listen");
    if (settings.http().isPresent()) {
      http = listeners.listen(settings.http().get(), pages(RelayPages.towards(base())), "--http");
    }
    joinMesh();
    if (board.rates().mayChange()) {
      repeat(board.rates()::refresh);
    }
    tls.map(ServingTls::current)
        .filter(CurrentTls::mayChange)
        .ifPresent(current -> repeat(current::refresh));
  }

  /// Looks at files again now and then.
  private void repeat(Runnable refresh) {
    listeners
        .loops()
        .scheduleWithFixedDelay(
            () -> Thread.ofVirtual().start(refresh),
            FILES_INTERVAL.toSeconds(),
            FILES_INTERVAL.toSeconds(),
            TimeUnit.SECONDS);
  }

  private void joinMesh() throws RelayException {
    List<MeshWith> others = settings.policy().meshWith();
    if (others.isEmpty()) {
      return;
    }
    X509TrustManager authorities;
    try {
      authorities = SystemTrust.load();
    } catch (IOException e) {
      throw new RelayException("cannot tell whom to trust: " + e.getMessage(), e);
    }
    MeshKey meshKey = settings.policy().meshKey().orElseThrow();
    for (MeshWith other : others) {
      MeshConnection connection =
          new MeshConnection(
              board,
              meshKey,
              other,
              authorities,
              listeners.connections(),
              listeners.loops().next());
      mesh.add(connection);
      connection.start();
    }
  }

  /// Where browsers find the relay.
  private String base() {
    String host = settings.hostname();
    String literal = host.contains(":") ? "[" + host + "]" : host;
    int port = address().getPort();
    return "https://" + literal + (port == HTTPS ? "" : ":" + port);
  }

  private ChannelHandler connectionHandler() {
    return new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel channel) {
        if (!enter(channel)) {
          return;
        }
        if (tls.isPresent()) {
          SslHandler handler = tls.get().current().newHandler(channel.alloc());
          handler.setHandshakeTimeout(TLS_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
          channel.pipeline().addLast(handler);
        }
        channel
            .pipeline()
            .addLast(
                httpCodec(),
                new DerpUpgrade(board.key(), ServerInfo.unlimited(), checks, board.entropy()),
                new HttpAnswers(RelayPages::besideDerp, REQUEST_PATIENCE),
                new DerpArrivals(board));
      }
    };
  }

  /// Connections that are for nothing but pages, without TLS.
  private ChannelHandler pages(Function<HttpRequest, FullHttpResponse> pages) {
    return new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel channel) {
        if (enter(channel)) {
          channel.pipeline().addLast(httpCodec(), new HttpAnswers(pages, REQUEST_PATIENCE));
        }
      }
    };
  }

  private boolean enter(Channel channel) {
    SocketAddress remote = channel.remoteAddress();
    if (!limits.enter(remote)) {
      board.events().surplus.increment();
      channel.close();
      return false;
    }
    board.events().accepted.increment();
    channel.closeFuture().addListener(_ -> limits.leave(remote));
    connections.add(channel);
    return true;
  }

  private static HttpServerCodec httpCodec() {
    return new HttpServerCodec(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_REQUEST_LINE)
            .setMaxHeaderSize(MAX_HEADERS));
  }

  /// Where clients connect.
  public InetSocketAddress address() {
    return (InetSocketAddress) opened(listener).localAddress();
  }

  /// Where STUN answers, if it does.
  public Optional<InetSocketAddress> stunAddress() {
    return Optional.ofNullable(stun).map(channel -> (InetSocketAddress) channel.localAddress());
  }

  /// Where plain HTTP answers, if it does.
  public Optional<InetSocketAddress> httpAddress() {
    return Optional.ofNullable(http).map(channel -> (InetSocketAddress) channel.localAddress());
  }

  /// Where `/metrics` is, if it is anywhere.
  public Optional<InetSocketAddress> metricsAddress() {
    return Optional.ofNullable(metrics).map(channel -> (InetSocketAddress) channel.localAddress());
  }

  /// The key by which clients know this relay.
  public NodeKey key() {
    return board.key().publicKey();
  }

  /// This relay as a region of a DERP map, its certificate pinned when no authority vouches for it.
  ///
  /// @param id 900 to 999 are free for private regions
  public DerpRegion derpRegion(int id, String code, String name) {
    String host = settings.hostname();
    Optional<Ip> literal = Ip.tryParse(host);
    DerpNode node =
        DerpNode.builder()
            .name(id + "a")
            .regionId(id)
            .hostName(host)
            .certName(tls.flatMap(ServingTls::certName).orElse(""))
            .ipv4(literal.map(ip -> ip.isV4() ? host : "none").orElse(""))
            .ipv6(literal.map(ip -> ip.isV6() ? host : "none").orElse(""))
            .stunPort(stunAddress().map(InetSocketAddress::getPort).orElse(NO_STUN))
            .derpPort(address().getPort())
            .build();
    return DerpRegion.builder()
        .regionId(id)
        .regionCode(code)
        .regionName(name)
        .nodes(List.of(node))
        .build();
  }

  /// A DERP map with this relay alone, as JSON: what `weft relay` prints.
  public String derpMapJson(int id, String code, String name) {
    TreeMap<Integer, DerpRegion> regions = new TreeMap<>();
    regions.put(id, derpRegion(id, code, name));
    return Json.encodeToText(
        DerpMap.JSON, DerpMap.builder().regions(regions).omitDefaultRegions(true).build());
  }

  /// Whether clients know the relay's certificate by a pin in the DERP map. Official clients before
  /// 1.82 take the pin for a name and refuse the relay.
  public boolean isPinned() {
    return tls.flatMap(ServingTls::certName).isPresent();
  }

  /// How many keys are connected.
  public int clients() {
    return board.clients().size();
  }

  /// How many other relays of the region tell who is there.
  int meshPeers() {
    return (int) mesh.stream().filter(MeshConnection::isWatching).count();
  }

  /// How many clients those tell of.
  int meshClients() {
    return board.mesh().size();
  }

  /// What all clients together have sent and been given.
  public Traffic traffic() {
    return board.traffic().snapshot();
  }

  /// The same for the connection of one key that is in use, if it is connected.
  public Optional<Traffic> traffic(NodeKey client) {
    ClientSet<ClientConnection> set = board.clients().find(client);
    return Optional.ofNullable(set).map(ClientSet::active).map(ClientConnection::traffic);
  }

  /// How many STUN requests got an answer.
  public long stunAnswered() {
    return stunAnswers.answered();
  }

  /// How many datagrams got none.
  public long stunDropped() {
    return stunAnswers.dropped();
  }

  @Override
  public void close() {
    for (Channel open : new @Nullable Channel[] {listener, http, metrics, stun}) {
      if (open != null) {
        open.close().awaitUninterruptibly();
      }
    }
    mesh.forEach(MeshConnection::close);
    connections.forEach(Aborts::abort);
    connections.newCloseFuture().awaitUninterruptibly();
    tls.ifPresent(serving -> serving.current().close());
    checks.close();
    listeners.loops().shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private static Channel opened(@Nullable Channel channel) {
    if (channel == null) {
      throw new IllegalStateException("the relay has not started");
    }
    return channel;
  }
}
