package dev.weft.transport.proxy;

import dev.weft.base.Ip;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Which connections go through which proxy: the environment variables `HTTP_PROXY`, `HTTPS_PROXY`
/// and `NO_PROXY`, in either case, as the original reads them: the upper-case one first, unless it
/// is empty. Where `REQUEST_METHOD` is set too, plain `http` goes nowhere, for a web server that
/// runs programs lets its clients set `HTTP_PROXY`. Never through a proxy goes what stays on this
/// machine.
public final class ProxySettings {
  public static final ProxySettings NONE =
      new ProxySettings(new ProxyRoute.Direct(), new ProxyRoute.Direct(), List.of(), false);

  private final ProxyRoute forHttp;
  private final ProxyRoute forHttps;
  private final List<NoProxy> exceptions;
  private final boolean always;

  private ProxySettings(
      ProxyRoute forHttp, ProxyRoute forHttps, List<NoProxy> exceptions, boolean always) {
    this.forHttp = forHttp;
    this.forHttps = forHttps;
    this.exceptions = exceptions;
    this.always = always;
  }

  public static ProxySettings of(Map<String, String> environment) {
    return new ProxySettings(
        unlessForeign(environment, route(environment, "HTTP_PROXY")),
        route(environment, "HTTPS_PROXY"),
        NoProxy.parse(value(environment, "NO_PROXY")),
        false);
  }

  /// Everything through one proxy, also what stays on this machine: for tests.
  public static ProxySettings always(String proxyUrl) {
    ProxyRoute route = new ProxyRoute.Through(HttpProxy.parse(proxyUrl));
    return new ProxySettings(route, route, List.of(), true);
  }

  private static ProxyRoute route(Map<String, String> environment, String variable) {
    String text = value(environment, variable);
    if (text.isEmpty()) {
      return new ProxyRoute.Direct();
    }
    try {
      return new ProxyRoute.Through(HttpProxy.parse(text));
    } catch (IllegalArgumentException e) {
      return new ProxyRoute.Nowhere("the environment variable " + variable + " " + e.getMessage());
    }
  }

  private static String value(Map<String, String> environment, String variable) {
    String upper = environment.getOrDefault(variable, "");
    return (upper.isEmpty()
            ? environment.getOrDefault(variable.toLowerCase(Locale.ROOT), "")
            : upper)
        .strip();
  }

  /// The header `Proxy` of a request to a CGI program becomes its `HTTP_PROXY`.
  private static ProxyRoute unlessForeign(Map<String, String> environment, ProxyRoute route) {
    boolean isCgi = !environment.getOrDefault("REQUEST_METHOD", "").isEmpty();
    return isCgi && !(route instanceof ProxyRoute.Direct)
        ? new ProxyRoute.Nowhere(
            "the environment variable HTTP_PROXY may be a stranger's, since REQUEST_METHOD is set")
        : route;
  }

  /// Without the proxies that are at one of these addresses: a program that runs a proxy must not
  /// need it to get out.
  public ProxySettings without(Collection<InetSocketAddress> own) {
    return new ProxySettings(
        withoutOwn(forHttp, own), withoutOwn(forHttps, own), exceptions, always);
  }

  private static ProxyRoute withoutOwn(ProxyRoute route, Collection<InetSocketAddress> own) {
    return route instanceof ProxyRoute.Through(HttpProxy proxy)
            && own.stream().anyMatch(address -> isAt(proxy, address))
        ? new ProxyRoute.Direct()
        : route;
  }

  private static boolean isAt(HttpProxy proxy, InetSocketAddress own) {
    if (proxy.port() != own.getPort() || own.getAddress() == null) {
      return false;
    }
    boolean here =
        isLocalhost(proxy.host()) || Ip.tryParse(proxy.host()).map(Ip::isLoopback).orElse(false);
    InetAddress address = own.getAddress();
    if (here) {
      return address.isLoopbackAddress() || address.isAnyLocalAddress();
    }
    return Ip.tryParse(proxy.host()).map(ip -> ip.equals(Ip.of(address))).orElse(false);
  }

  /// @param tls whether the connection is for an `https` URL
  /// @param host as in the URL
  public ProxyRoute route(boolean tls, String host, int port) {
    ProxyRoute route = tls ? forHttps : forHttp;
    if (route instanceof ProxyRoute.Direct || always) {
      return route;
    }
    String bare = bare(host);
    Optional<Ip> ip = Ip.tryParse(bare);
    boolean excepted =
        isLocalhost(bare)
            || ip.map(Ip::isLoopback).orElse(false)
            || exceptions.stream().anyMatch(exception -> exception.matches(bare, ip, port));
    return excepted ? new ProxyRoute.Direct() : route;
  }

  /// What a log may say of the proxies in use: a line for each.
  public List<String> inUse() {
    List<String> lines = new ArrayList<>();
    describe("http://", forHttp).ifPresent(lines::add);
    describe("https://", forHttps).ifPresent(lines::add);
    return lines;
  }

  private static Optional<String> describe(String scheme, ProxyRoute route) {
    return switch (route) {
      case ProxyRoute.Direct _ -> Optional.empty();
      case ProxyRoute.Through(HttpProxy proxy) ->
          Optional.of(scheme + " goes through the proxy " + proxy);
      case ProxyRoute.Nowhere(String why) -> Optional.of(scheme + " goes nowhere: " + why);
    };
  }

  private static boolean isLocalhost(String host) {
    return host.equalsIgnoreCase("localhost");
  }

  private static String bare(String host) {
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    return (bracketed ? host.substring(1, host.length() - 1) : host).toLowerCase(Locale.ROOT);
  }
}
