package dev.weft.runtime;

import dev.weft.base.Entropy;
import dev.weft.ipn.Notify;
import dev.weft.ipn.WatchOption;
import dev.weft.node.Tailnet;
import dev.weft.runtime.backend.ControlLink;
import dev.weft.runtime.backend.NodeBackend;
import dev.weft.runtime.backend.StoredIdentity;
import dev.weft.runtime.control.BasicC2n;
import dev.weft.runtime.control.ControlClient;
import dev.weft.runtime.control.ControlSettings;
import dev.weft.runtime.localapi.LocalApiServer;
import dev.weft.runtime.localapi.LocalBackend;
import dev.weft.runtime.loop.NodeLoop;
import dev.weft.runtime.plane.HandshakeClock;
import dev.weft.runtime.plane.NodePlane;
import dev.weft.runtime.service.ServeSettings;
import dev.weft.runtime.service.ServiceHost;
import dev.weft.runtime.socks.ProxyServer;
import dev.weft.runtime.socks.ProxyServer.Protocol;
import dev.weft.runtime.state.StateStore;
import dev.weft.transport.proxy.Uplink;
import dev.weft.transport.supervise.Supervisor;
import dev.weft.transport.tls.SystemTrust;
import dev.weft.transport.tls.TlsProvider;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running node.
///
/// [#start] opens the state, the sockets, the proxies and the LocalAPI, and begins to do what the
/// preferences say. [#close] takes all of it down in the opposite order; the node stays logged in.
public final class Node implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  private final Teardown teardown = new Teardown();
  private final NodeBackend backend;
  private final ServiceHost services;
  private final NodePlane plane;
  private final Map<InetSocketAddress, ProxyServer> proxies = new LinkedHashMap<>();

  /// Starts a node.
  ///
  /// @param onShutdown called when a program of the machine asks the daemon to end
  /// @throws IOException with one line for the user: what is in the way, and what to do
  public static Node start(NodeSettings settings, Runnable onShutdown)
      throws IOException, InterruptedException {
    StateStore store =
        settings.stateFile().isPresent()
            ? StateStore.openFile(settings.stateFile().get())
            : StateStore.ephemeral();
    Node node;
    try {
      node = new Node(settings, store, onShutdown);
    } catch (IOException | RuntimeException e) {
      store.close();
      throw e;
    }
    try {
      node.open(settings);
      return node;
    } catch (IOException | RuntimeException | InterruptedException e) {
      node.close();
      throw e;
    }
  }

  private Node(NodeSettings settings, StateStore store, Runnable onShutdown)
      throws IOException, InterruptedException {
    SecureRandom random = new SecureRandom();
    Entropy entropy = random::nextBytes;
    StoredIdentity identity = StoredIdentity.open(store, entropy);
    Uplink uplink = new Uplink(SystemTrust.load(), settings.proxies());
    settings.proxies().inUse().forEach(line -> LOG.info("{}", line));
    NodeLoop loop = new NodeLoop();
    try {
      BackendTimer timer = new BackendTimer(Clock.systemUTC());
      ServeSettings serve = new ServeSettings(loop, store);
      NodeBackend.Parts parts =
          new NodeBackend.Parts(
              Version.LONG,
              store,
              identity,
              serve,
              controlOpener(identity, loop, uplink, entropy),
              entropy,
              Clock.systemUTC(),
              timer,
              settings.authKey(),
              onShutdown);
      backend = new NodeBackend(parts);
      plane =
          NodePlane.open(
              loop,
              new NodePlane.Settings(settings.port(), entropy, uplink, HandshakeClock.open(store)),
              backend.planeListener());
      services = new ServiceHost(loop, backend.view(), new StackAccess(plane.stack()), serve);
      teardown.add("state", store);
      teardown.add("loop", loop::close);
      teardown.add("timer", timer::close);
      teardown.add("sockets", plane::close);
      loop.watchSuspend(plane::linkChanged);
    } catch (IOException | RuntimeException | InterruptedException e) {
      loop.close();
      throw e;
    }
  }

  private static ControlLink.Opener controlOpener(
      StoredIdentity identity, NodeLoop loop, Uplink uplink, Entropy entropy) throws IOException {
    SslContext tls =
        SslContextBuilder.forClient()
            .sslProvider(TlsProvider.best())
            .trustManager(uplink.trust())
            .build();
    return (server, events) -> {
      StoredIdentity.Lease lease = identity.lease();
      ControlSettings settings =
          new ControlSettings(
              server,
              identity.machine(),
              loop.eventLoop(),
              loop.transport().socketChannel(),
              tls,
              uplink,
              entropy,
              Clock.systemUTC(),
              new BasicC2n());
      return new ClientLink(new ControlClient(settings, lease, events), lease);
    };
  }

  private void open(NodeSettings settings) throws IOException, InterruptedException {
    plane
        .loop()
        .call(() -> {
          plane.stack().setForwarder(services.forwarder());
          return null;
        });
    services.start(settings.services());
    teardown.add("services", services::close);
    openProxies(settings);
    if (settings.socket().isPresent()) {
      LocalApiServer api =
          LocalApiServer.start(settings.socket().get(), backend, plane.loop().eventLoop());
      teardown.add("LocalAPI", api::close);
    }
    teardown.add("control", backend::close);
    backend.begin(plane, services.tailnet());
  }

  /// Two proxies on one address share it: the first byte tells their clients apart.
  private void openProxies(NodeSettings settings) throws IOException, InterruptedException {
    Map<InetSocketAddress, Set<Protocol>> wanted = new LinkedHashMap<>();
    settings
        .socks5()
        .ifPresent(a ->
            wanted.computeIfAbsent(a, _ -> EnumSet.noneOf(Protocol.class)).add(Protocol.SOCKS5));
    settings
        .httpProxy()
        .ifPresent(
            a -> wanted.computeIfAbsent(a, _ -> EnumSet.noneOf(Protocol.class)).add(Protocol.HTTP));
    for (Map.Entry<InetSocketAddress, Set<Protocol>> entry : wanted.entrySet()) {
      ProxyServer proxy =
          ProxyServer.listen(
              plane.loop(), entry.getKey(), entry.getValue(), new ProxyDialer(services.tailnet()));
      proxies.put(entry.getKey(), proxy);
      teardown.add("proxy", proxy::close);
    }
  }

  public int udpPort() {
    return plane.port();
  }

  /// Tells the service manager, if there is one, that the node works, in which state it is, and
  /// that it is alive.
  void supervise(Supervisor supervisor) {
    supervisor.ready(
        "weft " + Version.LONG + ", UDP port " + udpPort(), List.of(plane.loop().eventLoop()));
    LocalBackend.Watch watch =
        backend.watch(EnumSet.of(WatchOption.INITIAL_STATE), new StatusTeller(supervisor));
    teardown.add("supervision", watch::close);
  }

  private record StatusTeller(Supervisor supervisor) implements LocalBackend.Watcher {
    @Override
    public void on(Notify event) {
      if (event.state() != null) {
        supervisor.status(event.state().toString());
      }
    }

    @Override
    public void ended() {}
  }

  public LocalBackend backend() {
    return backend;
  }

  public Tailnet tailnet() {
    return services.tailnet();
  }

  /// Where the proxy listens that was asked for at this address; differs from it when the port was
  /// 0.
  public Optional<InetSocketAddress> proxyAt(InetSocketAddress asked) {
    return Optional.ofNullable(proxies.get(asked)).map(ProxyServer::address);
  }

  @Override
  public void close() {
    teardown.close();
  }

  /// What has been opened, to be closed in the opposite order; one that fails does not keep the
  /// others open.
  private static final class Teardown implements Closeable {
    private final LinkedHashMap<String, Closeable> opened = new LinkedHashMap<>();

    void add(String name, Closeable resource) {
      opened.put(opened.containsKey(name) ? name + " " + opened.size() : name, resource);
    }

    @Override
    public void close() {
      for (Map.Entry<String, Closeable> entry : opened.reversed().entrySet()) {
        try {
          entry.getValue().close();
        } catch (IOException | RuntimeException e) {
          LOG.warn("closing the {}: {}", entry.getKey(), e.getMessage());
        }
      }
      opened.clear();
    }
  }
}
