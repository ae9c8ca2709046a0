package dev.weft.runtime;

import dev.weft.node.spi.NodeService;
import dev.weft.transport.proxy.ProxySettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// How a node is set up. What a user changes while it runs is not here but in its preferences.
///
/// @param stateFile the state document; empty for a state that ends with the process, and makes the
///   node an ephemeral one
/// @param socket where the LocalAPI listens; empty for none
/// @param port the UDP port; 0 for any free one
/// @param socks5 where the SOCKS5 proxy listens
/// @param httpProxy where the HTTP proxy listens; may be the address of the SOCKS5 proxy
/// @param proxies through which the node reaches control and relays
/// @param authKey logs a node in that has no key yet; or empty
/// @param services in the order they are started
public record NodeSettings(
    Optional<Path> stateFile,
    Optional<Path> socket,
    int port,
    Optional<InetSocketAddress> socks5,
    Optional<InetSocketAddress> httpProxy,
    ProxySettings proxies,
    String authKey,
    List<NodeService> services) {
  public NodeSettings {
    services = List.copyOf(services);
  }

  /// A node with a state folder and nothing else.
  public static NodeSettings in(Path stateFolder) {
    return new NodeSettings(
        Optional.of(stateFolder.resolve("weft.state")),
        Optional.empty(),
        0,
        Optional.empty(),
        Optional.empty(),
        ProxySettings.NONE,
        "",
        List.of());
  }

  public NodeSettings withSocket(Path path) {
    return new NodeSettings(
        stateFile, Optional.of(path), port, socks5, httpProxy, proxies, authKey, services);
  }

  public NodeSettings withSocks5(InetSocketAddress address) {
    return new NodeSettings(
        stateFile, socket, port, Optional.of(address), httpProxy, proxies, authKey, services);
  }

  public NodeSettings withServices(List<NodeService> list) {
    return new NodeSettings(stateFile, socket, port, socks5, httpProxy, proxies, authKey, list);
  }

  @Override
  public String toString() {
    return "NodeSettings[stateFile="
        + stateFile
        + ", port="
        + port
        + "]"; // the auth key is a secret
  }
}
