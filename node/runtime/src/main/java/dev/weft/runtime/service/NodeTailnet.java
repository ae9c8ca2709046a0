package dev.weft.runtime.service;

import dev.weft.base.Ip;
import dev.weft.node.Caller;
import dev.weft.node.SelfNode;
import dev.weft.node.Tailnet;
import dev.weft.node.TailnetListener;
import dev.weft.runtime.loop.NodeLoop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/// The tailnet over the userspace stack.
public final class NodeTailnet implements Tailnet {
  private final NodeLoop loop;
  private final TailnetView view;
  private final TailnetStack stack;
  private final OsDialer os;
  private final Listeners listeners;
  private final Origins origins;

  NodeTailnet(
      NodeLoop loop, TailnetView view, TailnetStack stack, Listeners listeners, Origins origins) {
    this.loop = loop;
    this.view = view;
    this.stack = stack;
    this.os = new OsDialer(loop);
    this.listeners = listeners;
    this.origins = origins;
  }

  @Override
  public EventLoop eventLoop() {
    return loop.eventLoop();
  }

  @Override
  public Optional<SelfNode> self() {
    return view.self();
  }

  @Override
  public Future<TailnetListener> listen(int port, ChannelHandler childHandler) {
    try {
      int taken = listeners.add(port, childHandler);
      return loop.eventLoop().newSucceededFuture(new Listener(taken, childHandler));
    } catch (BindException e) {
      return loop.eventLoop().newFailedFuture(e);
    }
  }

  @Override
  public Future<Channel> dial(String host, int port, ChannelHandler handler) {
    Optional<Ip> address = tailnetAddress(host);
    if (address.isEmpty()) {
      return os.dial(host, port, handler);
    }
    return opened(
        stack.connect(new InetSocketAddress(address.get().toInetAddress(), port), handler));
  }

  /// Opens a UDP channel to one destination, found as [#dial] finds it.
  public Future<Channel> dialDatagrams(String host, int port, ChannelHandler handler) {
    Optional<Ip> address = tailnetAddress(host);
    if (address.isEmpty()) {
      return os.dialDatagrams(host, port, handler);
    }
    return opened(
        stack.connectDatagram(new InetSocketAddress(address.get().toInetAddress(), port), handler));
  }

  private Future<Channel> opened(ChannelFuture connected) {
    Promise<Channel> promise = loop.eventLoop().newPromise();
    connected.addListener(_ -> {
      if (connected.isSuccess()) {
        promise.setSuccess(connected.channel());
      } else {
        promise.setFailure(connected.cause());
      }
    });
    return promise;
  }

  /// The address a destination has in the tailnet; empty when it is outside.
  public Optional<Ip> tailnetAddress(String host) {
    Optional<Ip> literal = Ip.tryParse(host);
    return literal.isPresent() ? literal.filter(view::reaches) : view.resolve(host);
  }

  @Override
  public Optional<Caller> whois(InetSocketAddress remote) {
    return view.whois(Ip.of(peerBehind(remote).getAddress()));
  }

  /// The peer for whom this node opened the loopback connection with this source, or the address
  /// itself.
  public InetSocketAddress peerBehind(InetSocketAddress address) {
    return origins.peerBehind(address).orElse(address);
  }

  private final class Listener implements TailnetListener {
    private final int port;
    private final ChannelHandler childHandler;

    Listener(int port, ChannelHandler childHandler) {
      this.port = port;
      this.childHandler = childHandler;
    }

    @Override
    public List<InetSocketAddress> addresses() {
      return view.self().map(SelfNode::addresses).orElse(List.of()).stream()
          .map(a -> new InetSocketAddress(a, port))
          .toList();
    }

    @Override
    public void close() {
      listeners.remove(port, childHandler);
    }
  }
}
