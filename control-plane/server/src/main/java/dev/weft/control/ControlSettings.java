package dev.weft.control;

import static java.util.Objects.requireNonNull;

import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.tailcfg.DerpMap;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How a control plane is to run.
///
/// @param stateDir where it keeps everything; created when it is not there
/// @param listen where clients connect; TLS when there is a certificate, else plain HTTP
/// @param http a second, plain address beside a TLS one: first dials of clients go there
///   (`docs/protocol/control.md` §2.2)
/// @param url how clients reach it; no path
/// @param domain the MagicDNS suffix of the tailnet
/// @param derpMap the relays; at least one, without which no client gets to work
/// @param tls the certificate for `listen`
/// @param ephemeralTimeout how long an ephemeral node may be offline
/// @param keyExpiry how long a user's login lasts; null for ever
/// @param trustedProxies fronts whose `X-Forwarded-For` counts
/// @param metrics where monitoring asks, in plain HTTP and without a password; null for nowhere
public record ControlSettings(
    Path stateDir,
    InetSocketAddress listen,
    @Nullable InetSocketAddress http,
    URI url,
    String domain,
    DerpMap derpMap,
    @Nullable Tls tls,
    Duration ephemeralTimeout,
    @Nullable Duration keyExpiry,
    List<IpPrefix> trustedProxies,
    @Nullable InetSocketAddress metrics) {

  private static final Pattern DOMAIN =
      Pattern.compile("([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  private static final int HTTPS = 443;

  private static final Duration MIN_KEY_EXPIRY = Duration.ofMinutes(1);

  /// Clients cannot read times beyond the year 9999.
  private static final Duration MAX_KEY_EXPIRY = Duration.ofDays(36_500);

  /// Files in PEM.
  ///
  /// @param certificate the chain, leaf first
  public record Tls(Path certificate, Path key) {}

  public ControlSettings {
    domain = domain.toLowerCase(Locale.ROOT);
    trustedProxies = List.copyOf(trustedProxies);
    requireWorkingUrl(url);
    requireWorkingDomain(domain, url);
    requireRelay(derpMap);
    if (keyExpiry != null
        && (keyExpiry.compareTo(MIN_KEY_EXPIRY) < 0 || keyExpiry.compareTo(MAX_KEY_EXPIRY) > 0)) {
      throw new IllegalArgumentException(
          "a login must last between a minute and 36500 days; for ever when nothing is set");
    }
  }

  private static void requireWorkingUrl(URI url) {
    @Nullable String scheme = url.getScheme();
    boolean isRoot =
        url.getRawPath() == null || url.getRawPath().isEmpty() || url.getRawPath().equals("/");
    if (scheme == null || !scheme.matches("https?") || url.getHost() == null || !isRoot) {
      throw new IllegalArgumentException(
          "the URL must be http(s)://host[:port] and nothing more: " + url);
    }
  }

  /// Clients would ask MagicDNS for the control plane's own name and never get out
  /// (`docs/protocol/control.md` §7.6).
  private static void requireWorkingDomain(String domain, URI url) {
    if (!DOMAIN.matcher(domain).matches() || domain.length() > 190) {
      throw new IllegalArgumentException(
          "the domain must be a DNS name of at least two labels, such as home.weft: " + domain);
    }
    String host = requireNonNull(url.getHost()).toLowerCase(Locale.ROOT);
    if (host.equals(domain) || host.endsWith("." + domain)) {
      throw new IllegalArgumentException(
          "the domain " + domain + " must not contain the control plane's own name " + host);
    }
  }

  /// Without a relay that it can connect to, a client waits for ever (`docs/protocol/control.md`
  /// §4.5).
  private static void requireRelay(DerpMap map) {
    boolean hasRelay =
        map.regions() != null
            && map.regions().values().stream()
                .flatMap(region -> region.nodes().stream())
                .anyMatch(node -> !node.stunOnly());
    if (!hasRelay) {
      throw new IllegalArgumentException(
          "the DERP map names no relay: nodes need one to find each other, so start one and pass its map");
    }
  }

  /// What is wrong with the URL without being impossible: a client whose first dial was less than
  /// two minutes ago insists on TLS on port 443, unless the URL is https or its host a literal
  /// private address (`docs/protocol/selfhosted.md` §B).
  Optional<String> urlWarning() {
    boolean isServedByTls = tls != null && listen.getPort() == HTTPS;
    if (!"http".equals(url.getScheme()) || isServedByTls || isLiteralPrivate(url.getHost())) {
      return Optional.empty();
    }
    return Optional.of(
        """
        official clients cannot log in to %s twice within two minutes, and hang: they want TLS on \
        port 443 of any host that is no literal private address. Use https (--tls-cert, --tls-key), \
        or the machine's private address in --url, as http://192.168.0.2:8080\
        """
            .formatted(url));
  }

  private static boolean isLiteralPrivate(String host) {
    String bare = host.replaceAll("[\\[\\]]", "");
    return host.equalsIgnoreCase("localhost")
        || Ip.tryParse(bare).filter(ip -> ip.isPrivate() || ip.isLoopback()).isPresent();
  }

  /// The URL without a slash at its end.
  String baseUrl() {
    String text = url.toString();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  public static Builder builder() {
    return new Builder();
  }

  /// State folder, address, URL and DERP map must be set.
  public static final class Builder {
    private @Nullable Path stateDir;
    private @Nullable InetSocketAddress listen;
    private @Nullable InetSocketAddress http;
    private @Nullable URI url;
    private String domain = "home.weft";
    private @Nullable DerpMap derpMap;
    private @Nullable Tls tls;
    private Duration ephemeralTimeout = Duration.ofMinutes(5);
    private @Nullable Duration keyExpiry;
    private List<IpPrefix> trustedProxies = List.of();
    private @Nullable InetSocketAddress metrics;

    private Builder() {}

    public Builder stateDir(Path stateDir) {
      this.stateDir = stateDir;
      return this;
    }

    public Builder listen(InetSocketAddress listen) {
      this.listen = listen;
      return this;
    }

    public Builder http(@Nullable InetSocketAddress http) {
      this.http = http;
      return this;
    }

    public Builder url(URI url) {
      this.url = url;
      return this;
    }

    public Builder domain(String domain) {
      this.domain = domain;
      return this;
    }

    public Builder derpMap(DerpMap derpMap) {
      this.derpMap = derpMap;
      return this;
    }

    public Builder tls(@Nullable Tls tls) {
      this.tls = tls;
      return this;
    }

    public Builder ephemeralTimeout(Duration ephemeralTimeout) {
      this.ephemeralTimeout = ephemeralTimeout;
      return this;
    }

    public Builder keyExpiry(@Nullable Duration keyExpiry) {
      this.keyExpiry = keyExpiry;
      return this;
    }

    public Builder trustedProxies(List<IpPrefix> trustedProxies) {
      this.trustedProxies = trustedProxies;
      return this;
    }

    public Builder metrics(@Nullable InetSocketAddress metrics) {
      this.metrics = metrics;
      return this;
    }

    public ControlSettings build() {
      return new ControlSettings(
          requireNonNull(stateDir, "stateDir"),
          requireNonNull(listen, "listen"),
          http,
          requireNonNull(url, "url"),
          domain,
          requireNonNull(derpMap, "derpMap"),
          tls,
          ephemeralTimeout,
          keyExpiry,
          trustedProxies,
          metrics);
    }
  }
}
