package dev.weft.transport.proxy;

import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One entry of `NO_PROXY`: what it names needs no proxy.
sealed interface NoProxy {
  /// @param host in lower case, without brackets
  /// @param ip the same, when it is an address
  boolean matches(String host, Optional<Ip> ip, int port);

  record Everything() implements NoProxy {
    @Override
    public boolean matches(String host, Optional<Ip> ip, int port) {
      return true;
    }
  }

  record Network(IpPrefix prefix) implements NoProxy {
    @Override
    public boolean matches(String host, Optional<Ip> ip, int port) {
      return ip.map(address -> prefix.contains(address.unmap())).orElse(false);
    }
  }

  /// @param onPort 0 for each
  record Address(Ip address, int onPort) implements NoProxy {
    @Override
    public boolean matches(String host, Optional<Ip> ip, int port) {
      return ip.map(address::equals).orElse(false) && (onPort == 0 || onPort == port);
    }
  }

  /// @param suffix begins with a dot
  /// @param itself whether the name without that dot is meant too
  record Domain(String suffix, boolean itself, int onPort) implements NoProxy {
    @Override
    public boolean matches(String host, Optional<Ip> ip, int port) {
      boolean named = host.endsWith(suffix) || (itself && host.equals(suffix.substring(1)));
      return ip.isEmpty() && named && (onPort == 0 || onPort == port);
    }
  }

  Pattern ENTRY = Pattern.compile("(?:\\[([^\\]]+)]|([^\\[\\]:]+))(?::(\\d{1,5}))?");

  /// Entries that mean nothing are passed over, as the original does.
  static List<NoProxy> parse(String text) {
    List<NoProxy> entries = new ArrayList<>();
    for (String part : text.toLowerCase(Locale.ROOT).split(",", -1)) {
      entry(part.strip()).ifPresent(entries::add);
    }
    return List.copyOf(entries);
  }

  private static Optional<NoProxy> entry(String text) {
    if (text.equals("*")) {
      return Optional.of(new Everything());
    }
    Optional<IpPrefix> prefix = text.contains("/") ? IpPrefix.tryParse(text) : Optional.empty();
    if (prefix.isPresent()) {
      return prefix.map(Network::new);
    }
    Optional<Ip> address = Ip.tryParse(text);
    if (address.isPresent()) {
      return address.map(ip -> new Address(ip, 0));
    }
    Matcher entry = ENTRY.matcher(text);
    if (!entry.matches()) {
      return Optional.empty();
    }
    int port = entry.group(3) == null ? 0 : Integer.parseInt(entry.group(3));
    String host = entry.group(1) == null ? entry.group(2) : entry.group(1);
    address = Ip.tryParse(host);
    if (address.isPresent()) {
      return address.map(ip -> new Address(ip, port));
    }
    String name = host.startsWith("*.") ? host.substring(1) : host;
    boolean suffixOnly = name.startsWith(".");
    return name.equals(".")
        ? Optional.empty()
        : Optional.of(new Domain(suffixOnly ? name : "." + name, !suffixOnly, port));
  }
}
