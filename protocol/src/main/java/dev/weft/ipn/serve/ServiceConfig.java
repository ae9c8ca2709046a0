package dev.weft.ipn.serve;

import static dev.weft.json.JsonTypes.BOOL;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// What is served for a virtual-IP service (`docs/protocol/services.md` §1.9). Kept and handed on;
/// Weft does not serve it yet.
///
/// @param tun packets for the service go to the operating system; not beside the other two
public record ServiceConfig(
    SortedMap<Integer, TcpPortHandler> tcp, SortedMap<HostPort, WebServerConfig> web, boolean tun) {
  static final JsonType<ServiceConfig> JSON =
      ObjectType.<ServiceConfig, Builder>of(Builder::new, Builder::build)
          .omit(
              "TCP", KeyedMap.byPort(TcpPortHandler.JSON), ServiceConfig::tcp, (b, v) -> b.tcp = v)
          .omit(
              "Web", KeyedMap.byHost(WebServerConfig.JSON), ServiceConfig::web, (b, v) -> b.web = v)
          .omit("Tun", BOOL, ServiceConfig::tun, (b, v) -> b.tun = v)
          .build();

  public ServiceConfig {
    tcp = Collections.unmodifiableSortedMap(new TreeMap<>(tcp));
    web = Collections.unmodifiableSortedMap(new TreeMap<>(web));
  }

  private static final class Builder {
    private SortedMap<Integer, TcpPortHandler> tcp = new TreeMap<>();
    private SortedMap<HostPort, WebServerConfig> web = new TreeMap<>();
    private boolean tun;

    private ServiceConfig build() {
      return new ServiceConfig(tcp, web, tun);
    }
  }
}
