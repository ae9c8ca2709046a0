package dev.weft.dist.quickstart;

import dev.weft.config.ConfigException;
import dev.weft.ipn.PeerStatus;
import dev.weft.ipn.Status;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Runs the quickstart: starts everything, shows that it works, and holds it until it is told to
/// stop.
public final class Quickstart {
  private static final int USER_PORT = 3000;
  private static final Duration JOIN_LIMIT = Duration.ofSeconds(30);

  /// Starts a node's daemon; closing what it returns ends it.
  @FunctionalInterface
  interface NodeLauncher {
    AutoCloseable launch(String name, List<String> arguments, Path log, Consumer<String> notices)
        throws IOException;
  }

  private final QuickstartSettings settings;
  private final NodeLauncher launcher;
  private final PrintStream out;
  private final PrintStream err;

  Quickstart(QuickstartSettings settings, NodeLauncher launcher, PrintStream out, PrintStream err) {
    this.settings = settings;
    this.launcher = launcher;
    this.out = out;
    this.err = err;
  }

  /// Runs until the process is told to end; returns early, not 0, when it cannot start.
  public static int run(List<String> arguments, PrintStream out, PrintStream err) {
    Optional<QuickstartSettings> settings;
    try {
      settings = QuickstartSettings.parse(arguments, System.getenv());
    } catch (ConfigException e) {
      err.println(e.getMessage());
      return 2;
    }
    if (settings.isEmpty()) {
      out.print(QuickstartSettings.SCHEMA.usage());
      return 0;
    }
    // What goes well is said below in words of its own; read by the log when its first line is
    // written.
    System.setProperty("tinylog.level", "warn");
    try {
      new Quickstart(settings.get(), Child::start, out, err).runUntilEnded();
      return 0;
    } catch (QuickstartException e) {
      err.println("weft quickstart: " + e.getMessage());
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private void runUntilEnded() throws QuickstartException, InterruptedException {
    StateFolder folder = StateFolder.open(settings.directory(), settings.fresh());
    PortCheck.requireFree(settings);
    Teardown teardown = new Teardown(notice -> err.println("! " + notice));
    Runtime.getRuntime().addShutdownHook(new Thread(teardown::run, "teardown"));
    try {
      start(folder, teardown);
      new CountDownLatch(1).await(); // a signal ends the process; the hook above cleans up
    } finally {
      teardown.run();
    }
  }

  /// Starts everything and shows that it works; all of it is then in `teardown`.
  void start(StateFolder folder, Teardown teardown) throws QuickstartException {
    Infrastructure servers = Infrastructure.start(settings, folder, teardown);
    // The nodes' virtual machines start while the rest is being set up.
    NodeCli laptop = startNode(folder, "laptop", teardown);
    NodeCli teammate =
        startNode(
            folder,
            "teammate",
            teardown,
            "--socks5-server=" + loopback() + ":" + settings.ports().proxy());
    out.println("✓ control   " + servers.url() + "        state " + folder.display());
    out.println("✓ relay     " + servers.relayAddress() + ", STUN " + settings.ports().stun());
    join(laptop, servers);
    long joining = System.nanoTime();
    join(teammate, servers);
    out.println(
        "✓ laptop    "
            + firstIp(laptop.status())
            + "      ✓ teammate  "
            + firstIp(teammate.status()));
    int served = serve(laptop, teardown);
    showFetch(laptop, teammate, joining);
    sayWhatIsServed(served);
    sayWhatNext(servers, laptop);
  }

  private NodeCli startNode(StateFolder folder, String name, Teardown teardown, String... more)
      throws QuickstartException {
    Path home = folder.node(name);
    Path socket = home.resolve("weft.sock");
    List<String> arguments = new ArrayList<>();
    arguments.addAll(
        List.of(
            "daemon",
            "--statedir=" + home,
            "--socket=" + socket,
            "--tun=userspace-networking",
            "--port=0"));
    arguments.addAll(List.of(more));
    try {
      teardown.add(
          launcher.launch(
              name, arguments, home.resolve("daemon.log"), notice -> err.println("! " + notice)));
    } catch (IOException e) {
      throw new QuickstartException("cannot start " + name + ": " + e.getMessage());
    }
    return new NodeCli(name, socket);
  }

  /// Logs the node in with a key of its own when it is new; an earlier login is taken up again.
  private void join(NodeCli node, Infrastructure servers) throws QuickstartException {
    awaitDaemon(node);
    String server = "--login-server=" + servers.url();
    String timeout = "--timeout=" + JOIN_LIMIT.toSeconds() + "s";
    String hostname = "--hostname=" + node.name();
    if (node.status().haveNodeKey()) {
      node.run("up", server, hostname, timeout);
    } else {
      node.run("up", server, hostname, timeout, "--auth-key=" + servers.newNodeKey());
    }
  }

  private static void awaitDaemon(NodeCli node) throws QuickstartException {
    NodeCli.Output last;
    long deadline = System.nanoTime() + JOIN_LIMIT.toNanos();
    do {
      last = node.attempt("status", "--json", "--peers=false");
      if (last.exit() == 0) {
        return;
      }
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    } while (System.nanoTime() < deadline);
    throw new QuickstartException(
        node.name()
            + "'s daemon does not answer (log: "
            + node.socket().resolveSibling("daemon.log")
            + "): "
            + last.err().strip());
  }

  /// Serves the user's port, or the sample when nothing listens there; returns what is served.
  private int serve(NodeCli laptop, Teardown teardown) throws QuickstartException {
    int port = USER_PORT;
    if (!listens(USER_PORT)) {
      try {
        SampleSite sample = SampleSite.start();
        teardown.add(sample);
        port = sample.port();
      } catch (IOException e) {
        throw new QuickstartException("cannot start the sample site: " + e.getMessage());
      }
    }
    laptop.run("serve", "--bg", "--yes", Integer.toString(port));
    return port;
  }

  private void showFetch(NodeCli laptop, NodeCli teammate, long joining)
      throws QuickstartException {
    Status self = laptop.status();
    String host = withoutFinalDot(self.self() == null ? "" : self.self().dnsName());
    long before = receivedFrom(teammate.status(), host);
    int status = fetchWithPatience(host);
    double seconds = (System.nanoTime() - joining) / 1e9;
    PeerStatus peer = peer(teammate.status(), host);
    if (peer.rxBytes() <= before) {
      throw new QuickstartException("the page did not come through the tunnel: its counters stand");
    }
    String path = peer.curAddr().isEmpty() ? "relayed" : "direct";
    out.printf(
        Locale.ROOT,
        "✓ teammate fetched http://%s/ — %d, %s, %.1f s after it joined%n",
        host,
        status,
        path,
        seconds);
  }

  /// The laptop learns of its new teammate by a map update: the first try may come before that.
  private int fetchWithPatience(String host) throws QuickstartException {
    long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
    IOException last;
    do {
      try {
        return Fetch.status(settings.ports().proxy(), host);
      } catch (IOException e) {
        last = e;
      }
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    } while (System.nanoTime() < deadline);
    throw new QuickstartException(
        "teammate cannot fetch http://" + host + "/: " + last.getMessage());
  }

  private void sayWhatIsServed(int port) {
    out.println(
        port == USER_PORT
            ? "Serving your port " + USER_PORT + "."
            : "Serving the built-in sample (nothing was listening on " + USER_PORT + ").");
    out.println();
  }

  private void sayWhatNext(Infrastructure servers, NodeCli laptop) throws QuickstartException {
    String key = servers.newGuestKey();
    String join = " up --login-server " + servers.url() + " --auth-key " + key;
    out.println("Look:  bin/weft --socket " + laptop.socket() + " status");
    out.println("Join:  weft" + join);
    out.println("  or:  tailscale" + join + "     (one use, 1 hour, this network only)");
    out.println("ready  Ctrl-C stops everything and keeps the state");
    out.flush();
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static long receivedFrom(Status status, String host) throws QuickstartException {
    return peer(status, host).rxBytes();
  }

  private static PeerStatus peer(Status status, String host) throws QuickstartException {
    return status.peers().stream()
        .filter(p -> withoutFinalDot(p.dnsName()).equals(host))
        .findFirst()
        .orElseThrow(() -> new QuickstartException("teammate does not see " + host));
  }

  private static String firstIp(Status status) {
    return status.tailscaleIps().isEmpty()
        ? "(no address)"
        : status.tailscaleIps().getFirst().toString();
  }

  private static String withoutFinalDot(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  private static String loopback() {
    return InetAddress.getLoopbackAddress().getHostAddress();
  }
}
