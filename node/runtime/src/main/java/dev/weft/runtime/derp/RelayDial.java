package dev.weft.runtime.derp;

import dev.weft.base.Ip;
import dev.weft.runtime.loop.NodeLoop;
import dev.weft.tailcfg.DerpNode;
import dev.weft.transport.proxy.HttpProxy;
import dev.weft.transport.proxy.ProxyRoute;
import dev.weft.transport.proxy.ProxyTunnel;
import dev.weft.transport.proxy.Uplink;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One attempt to reach one relay over TCP, so that its TLS can begin: through a proxy where this
/// machine has one for it. On the node loop; names are looked up beside it.
final class RelayDial {
  private final NodeLoop loop;
  private final Uplink uplink;
  private final DerpNode node;
  private final boolean preferIpv6;
  private final Consumer<Channel> onConnected;
  private final Consumer<String> onFailed;

  private @Nullable AddressRace race;
  private @Nullable Channel tunnel;
  private boolean over;

  RelayDial(
      NodeLoop loop,
      Uplink uplink,
      DerpNode node,
      boolean preferIpv6,
      Consumer<Channel> onConnected,
      Consumer<String> onFailed) {
    this.loop = loop;
    this.uplink = uplink;
    this.node = node;
    this.preferIpv6 = preferIpv6;
    this.onConnected = onConnected;
    this.onFailed = onFailed;
  }

  void start() {
    switch (uplink.proxies().route(true, node.hostName(), node.effectiveDerpPort())) {
      case ProxyRoute.Direct _ ->
          lookUp(
              RelayAddresses.areLiteral(node),
              () -> RelayAddresses.resolve(node),
              found -> connect(found, node.effectiveDerpPort(), onConnected, onFailed));
      case ProxyRoute.Through(HttpProxy proxy) ->
          lookUp(
              Ip.tryParse(proxy.host()).isPresent(),
              () -> RelayAddresses.lookUp(proxy.host()),
              found ->
                  connect(
                      found,
                      proxy.port(),
                      opened -> tunnel(proxy, opened),
                      reason -> onFailed.accept("the proxy " + proxy + ": " + reason)));
      case ProxyRoute.Nowhere(String why) -> onFailed.accept(why);
    }
  }

  /// Nothing is called any more.
  void cancel() {
    over = true;
    if (race != null) {
      race.cancel();
    }
    if (tunnel != null) {
      tunnel.close();
    }
  }

  private void lookUp(boolean atOnce, Supplier<List<Ip>> addresses, Consumer<List<Ip>> andThen) {
    if (atOnce) {
      andThen.accept(addresses.get());
      return;
    }
    Thread.ofVirtual()
        .name("weft-derp-lookup")
        .start(() -> {
          List<Ip> found = addresses.get();
          loop.eventLoop().execute(() -> andThen.accept(found));
        });
  }

  private void connect(
      List<Ip> addresses, int port, Consumer<Channel> connected, Consumer<String> failed) {
    if (over) {
      return;
    }
    if (addresses.isEmpty()) {
      failed.accept("cannot find its address");
      return;
    }
    List<Ip> ordered = new ArrayList<>(addresses);
    if (preferIpv6) {
      ordered.sort(Comparator.comparing(Ip::isV4));
    }
    List<InetSocketAddress> targets =
        ordered.stream().map(ip -> new InetSocketAddress(ip.toInetAddress(), port)).toList();
    AddressRace started = new AddressRace(loop, targets, connected, failed);
    race = started;
    started.start();
  }

  private void tunnel(HttpProxy proxy, Channel opened) {
    tunnel = opened;
    ProxyTunnel.open(opened, proxy, uplink.trust(), node.hostName(), node.effectiveDerpPort())
        .addListener(done -> {
          if (over) {
            opened.close();
          } else if (done.isSuccess()) {
            tunnel = null;
            onConnected.accept(opened);
          } else {
            onFailed.accept(String.valueOf(done.cause().getMessage()));
          }
        });
  }
}
