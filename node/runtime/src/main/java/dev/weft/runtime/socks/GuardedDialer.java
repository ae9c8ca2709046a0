package dev.weft.runtime.socks;

import dev.weft.base.Ip;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Keeps one client from destinations that are not for it.
///
/// The tailnet's service addresses answer nothing here and must never leave the machine. What only
/// the machine itself can reach (loopback, link-local, unspecified) is for clients on the machine,
/// who could go there directly: a proxy that was opened to a network does not open the machine,
/// too.
final class GuardedDialer implements Dialer {
  private static final List<Ip> SERVICE_ADDRESSES =
      List.of(Ip.parse("100.100.100.100"), Ip.parse("fd7a:115c:a1e0::53"));

  private final Dialer dialer;
  private final Channel client;

  GuardedDialer(Dialer dialer, Channel client) {
    this.dialer = dialer;
    this.client = client;
  }

  @Override
  public Future<Channel> dial(String host, int port, ChannelHandler handler) {
    return forbids(host) ? refused() : checked(dialer.dial(host, port, handler));
  }

  @Override
  public Future<Channel> dialDatagrams(String host, int port, ChannelHandler handler) {
    return forbids(host) ? refused() : checked(dialer.dialDatagrams(host, port, handler));
  }

  private boolean forbids(String host) {
    Optional<Ip> literal = Ip.tryParse(host);
    return literal.isPresent()
        && (SERVICE_ADDRESSES.contains(literal.get())
            || !isLocal() && isOfTheMachine(literal.get().toInetAddress()));
  }

  /// A name may lead to such an address, too.
  private Future<Channel> checked(Future<Channel> dialled) {
    if (isLocal()) {
      return dialled;
    }
    Promise<Channel> promise = client.eventLoop().newPromise();
    dialled.addListener(_ -> {
      if (!dialled.isSuccess()) {
        promise.setFailure(dialled.cause());
      } else if (isOfTheMachine(addressOf(dialled.getNow().remoteAddress()))) {
        dialled.getNow().close();
        promise.setFailure(new SecurityException("not for clients of other machines"));
      } else {
        promise.setSuccess(dialled.getNow());
      }
    });
    return promise;
  }

  private Future<Channel> refused() {
    return client.eventLoop().newFailedFuture(new SecurityException("not for clients of a proxy"));
  }

  private boolean isLocal() {
    InetAddress address = addressOf(client.remoteAddress());
    return address != null && address.isLoopbackAddress();
  }

  private static @Nullable InetAddress addressOf(SocketAddress address) {
    return address instanceof InetSocketAddress inet ? inet.getAddress() : null;
  }

  private static boolean isOfTheMachine(@Nullable InetAddress address) {
    return address != null
        && (address.isLoopbackAddress()
            || address.isLinkLocalAddress()
            || address.isAnyLocalAddress());
  }
}
