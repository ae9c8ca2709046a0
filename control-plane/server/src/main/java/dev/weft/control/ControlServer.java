package dev.weft.control;

import dev.weft.base.Entropy;
import dev.weft.control.admin.AdminSocket;
import dev.weft.control.http.HttpFront;
import dev.weft.control.http.TrustedProxies;
import dev.weft.control.store.SqliteStore;
import dev.weft.control.tailnet.Tailnet;
import dev.weft.control.tailnet.TailnetConfig;
import dev.weft.control.tailnet.TailnetStore;
import dev.weft.keys.MachineKey;
import dev.weft.keys.MachinePrivateKey;
import dev.weft.transport.tls.CurrentTls;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running control plane.
public final class ControlServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControlServer.class);

  private final ControlPlane plane;
  private final MachineKey publicKey;
  private final InetSocketAddress address;
  private final @Nullable InetSocketAddress httpAddress;
  private final @Nullable InetSocketAddress metricsAddress;
  private final Path adminSocket;
  private final EventLoopGroup loops;
  private final Runnable tick;
  private final Deque<AutoCloseable> parts;

  private ControlServer(
      ControlPlane plane,
      MachineKey publicKey,
      InetSocketAddress address,
      @Nullable InetSocketAddress httpAddress,
      @Nullable InetSocketAddress metricsAddress,
      Path adminSocket,
      EventLoopGroup loops,
      Runnable tick,
      Deque<AutoCloseable> parts) {
    this.plane = plane;
    this.publicKey = publicKey;
    this.address = address;
    this.httpAddress = httpAddress;
    this.metricsAddress = metricsAddress;
    this.adminSocket = adminSocket;
    this.loops = loops;
    this.tick = tick;
    this.parts = parts;
  }

  /// Starts one. When it returns, clients can connect.
  ///
  /// @throws IOException saying what is in the way
  public static ControlServer start(ControlSettings settings) throws IOException {
    return start(settings, InstantSource.system());
  }

  static ControlServer start(ControlSettings settings, InstantSource clock) throws IOException {
    Deque<AutoCloseable> parts = new ArrayDeque<>();
    try {
      return start(settings, clock, parts);
    } catch (IOException | RuntimeException e) {
      closeAll(parts);
      throw e;
    }
  }

  private static ControlServer start(
      ControlSettings settings, InstantSource clock, Deque<AutoCloseable> parts)
      throws IOException {
    Entropy entropy = new SecureRandom()::nextBytes;
    @Nullable CurrentTls tls = tls(settings);
    if (tls != null) {
      parts.push(tls);
    }
    StateDir dir = StateDir.open(settings.stateDir());
    parts.push(dir);
    MachinePrivateKey key = dir.noiseKey(entropy);
    ControlMetrics metrics = new ControlMetrics();
    TailnetStore store = metrics.timed(SqliteStore.open(dir.database()));
    parts.push(store);
    Tailnet tailnet = new Tailnet(configOf(settings), store.load(), entropy, clock.instant());
    ControlPlane plane = new ControlPlane(tailnet, store, clock, entropy, metrics);
    metrics.observe(plane::figures);
    parts.push(plane::flush);
    Runnable tick = () -> tick(plane, tls);
    parts.push(ticker(tick));

    Endpoints endpoints = new Endpoints(plane, key.publicKey(), metrics);
    HttpFront front =
        new HttpFront(key, entropy, endpoints, new TrustedProxies(settings.trustedProxies()));
    parts.push(front);
    @Nullable InetSocketAddress httpWish = settings.http();
    @Nullable InetSocketAddress metricsWish = settings.metrics();
    InetSocketAddress address = listen(() -> front.listen(settings.listen(), tls), "--listen");
    @Nullable InetSocketAddress http =
        httpWish == null ? null : listen(() -> front.listen(httpWish, null), "--http");
    @Nullable InetSocketAddress monitoring =
        metricsWish == null
            ? null
            : listen(() -> front.listenForPages(metricsWish, metrics), "--metrics");
    AdminSocket admin = AdminSocket.listen(dir.path(), new AdminAccess(plane));
    parts.push(admin);
    parts.push(plane::close);
    settings.urlWarning().ifPresent(log::warn);
    log.info("control plane of {} on {}", settings.domain(), address);
    return new ControlServer(
        plane,
        key.publicKey(),
        address,
        http,
        monitoring,
        admin.path(),
        front.loops(),
        tick,
        parts);
  }

  private interface Listening {
    InetSocketAddress begin() throws IOException;
  }

  private static InetSocketAddress listen(Listening listening, String flag) throws IOException {
    try {
      return listening.begin();
    } catch (IOException e) {
      throw new IOException(
          e.getMessage() + "; choose another with " + flag + " ADDRESS:PORT", e.getCause());
    }
  }

  /// Where clients connect, with the real port.
  public InetSocketAddress address() {
    return address;
  }

  public Optional<InetSocketAddress> httpAddress() {
    return Optional.ofNullable(httpAddress);
  }

  /// Where monitoring asks.
  public Optional<InetSocketAddress> metricsAddress() {
    return Optional.ofNullable(metricsAddress);
  }

  /// The key that clients know this control plane by.
  public MachineKey publicKey() {
    return publicKey;
  }

  /// What must keep turning for clients to be served.
  EventLoopGroup loops() {
    return loops;
  }

  /// What is done every second.
  void tick() {
    tick.run();
  }

  public Path adminSocket() {
    return adminSocket;
  }

  /// Makes sure that there is a user of this name.
  public void ensureUser(String name) {
    plane.with((tailnet, out) -> {
      if (tailnet.users().stream().noneMatch(user -> user.name().equals(name))) {
        tailnet.createUser(plane.now(), name, "", out);
      }
      return true;
    });
  }

  /// Makes an auth key.
  ///
  /// @return its text, which is not kept
  public String createAuthKey(Tailnet.AuthKeySpec spec) {
    return plane.with((tailnet, out) -> tailnet.createAuthKey(plane.now(), spec, out).text());
  }

  /// Stops. What was acknowledged is on disk already.
  @Override
  public void close() {
    closeAll(parts);
  }

  private static TailnetConfig configOf(ControlSettings settings) {
    return new TailnetConfig(
        settings.domain(),
        settings.baseUrl(),
        settings.derpMap(),
        settings.ephemeralTimeout(),
        settings.keyExpiry());
  }

  private static @Nullable CurrentTls tls(ControlSettings settings) throws IOException {
    ControlSettings.@Nullable Tls files = settings.tls();
    return files == null
        ? null
        : CurrentTls.of(List.of(files.certificate(), files.key()), () -> ServerTls.of(files));
  }

  private static void tick(ControlPlane plane, @Nullable CurrentTls tls) {
    try {
      plane.tick();
    } catch (RuntimeException e) {
      log.warn("could not store what time brought; trying again", e);
    }
    if (tls != null) {
      tls.refresh();
    }
  }

  private static AutoCloseable ticker(Runnable tick) {
    ScheduledExecutorService ticker =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("weft-control-ticker").daemon().factory());
    ticker.scheduleWithFixedDelay(tick, 1, 1, TimeUnit.SECONDS);
    return ticker::shutdownNow;
  }

  private static void closeAll(Deque<AutoCloseable> parts) {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        log.warn("while stopping: {}", e.getMessage());
      }
    }
  }

  private record AdminAccess(ControlPlane plane) implements AdminSocket.Access {
    @Override
    public <T> T with(BiFunction<Tailnet, Tailnet.Output, T> action) {
      return plane.with(action);
    }

    @Override
    public Instant now() {
      return plane.now();
    }
  }
}
