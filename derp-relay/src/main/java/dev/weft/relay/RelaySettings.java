package dev.weft.relay;

import dev.weft.base.Ip;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// How a relay is to run.
///
/// @param listen where clients connect; port 0 for any free one
/// @param stun where STUN answers, in UDP; empty for none
/// @param hostname the name or address by which nodes reach the relay: it stands in the DERP map
///   and in the certificate
/// @param stateDir keeps the relay's key and the certificate that it makes; created when missing
/// @param certDir holds `<hostname>.crt` and `<hostname>.key`; empty to make and keep a certificate
/// @param tls false only behind a front that ends TLS and passes the stream on unbuffered
/// @param threads event loops
/// @param maxConnections beyond which new ones are refused
/// @param http where plain HTTP leads to the relay and answers tests for captive portals; empty for
///   nowhere
/// @param metrics where `/metrics` is; anybody who reaches it may read it
/// @param policy whom to serve, and how much
public record RelaySettings(
    InetSocketAddress listen,
    Optional<InetSocketAddress> stun,
    String hostname,
    Path stateDir,
    Optional<Path> certDir,
    boolean tls,
    int threads,
    int maxConnections,
    Optional<InetSocketAddress> http,
    Optional<InetSocketAddress> metrics,
    RelayPolicy policy) {
  private static final Predicate<String> DNS_NAME =
      Pattern.compile(
              "(?i)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
          .asMatchPredicate();

  public static final int DEFAULT_MAX_CONNECTIONS = 65_536;

  public RelaySettings {
    if (!isHostname(hostname)) {
      throw new IllegalArgumentException(
          "a relay needs the name or address that nodes reach it by, not: " + hostname);
    }
    if (threads < 1 || maxConnections < 1) {
      throw new IllegalArgumentException("a relay needs a thread and a connection");
    }
  }

  /// Whether nodes can look for a relay under this: a DNS name or an IP address, with no scheme and
  /// no port.
  public static boolean isHostname(String text) {
    return Ip.tryParse(text).isPresent() || (text.length() <= 253 && DNS_NAME.test(text));
  }

  /// TLS and STUN at these addresses, with a certificate of the relay's own.
  public static RelaySettings of(
      InetSocketAddress listen, InetSocketAddress stun, String hostname, Path stateDir) {
    return new RelaySettings(
        listen,
        Optional.of(stun),
        hostname,
        stateDir,
        Optional.empty(),
        true,
        defaultThreads(Runtime.getRuntime().availableProcessors()),
        DEFAULT_MAX_CONNECTIONS,
        Optional.empty(),
        Optional.empty(),
        RelayPolicy.OPEN);
  }

  /// Half the processors: the kernel's share of a packet's work is as large as ours, and the fewer
  /// loops, the more often sender and receiver are on the same one, which spares waking another.
  private static int defaultThreads(int processors) {
    return Math.max(1, processors / 2);
  }

  public RelaySettings withCertDir(Path dir) {
    return new RelaySettings(
        listen,
        stun,
        hostname,
        stateDir,
        Optional.of(dir),
        tls,
        threads,
        maxConnections,
        http,
        metrics,
        policy);
  }

  public RelaySettings withTls(boolean wanted) {
    return new RelaySettings(
        listen,
        stun,
        hostname,
        stateDir,
        certDir,
        wanted,
        threads,
        maxConnections,
        http,
        metrics,
        policy);
  }

  public RelaySettings withThreads(int count) {
    return new RelaySettings(
        listen,
        stun,
        hostname,
        stateDir,
        certDir,
        tls,
        count,
        maxConnections,
        http,
        metrics,
        policy);
  }

  public RelaySettings withMaxConnections(int count) {
    return new RelaySettings(
        listen, stun, hostname, stateDir, certDir, tls, threads, count, http, metrics, policy);
  }

  public RelaySettings withHttp(InetSocketAddress address) {
    return new RelaySettings(
        listen,
        stun,
        hostname,
        stateDir,
        certDir,
        tls,
        threads,
        maxConnections,
        Optional.of(address),
        metrics,
        policy);
  }

  public RelaySettings withMetrics(InetSocketAddress address) {
    return new RelaySettings(
        listen,
        stun,
        hostname,
        stateDir,
        certDir,
        tls,
        threads,
        maxConnections,
        http,
        Optional.of(address),
        policy);
  }

  public RelaySettings withPolicy(RelayPolicy wanted) {
    return new RelaySettings(
        listen,
        stun,
        hostname,
        stateDir,
        certDir,
        tls,
        threads,
        maxConnections,
        http,
        metrics,
        wanted);
  }
}
