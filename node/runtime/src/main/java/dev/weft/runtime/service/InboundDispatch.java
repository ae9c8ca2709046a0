package dev.weft.runtime.service;

import dev.weft.base.Ip;
import dev.weft.netstack.channel.Flow;
import dev.weft.netstack.channel.Forwarder;
import dev.weft.node.spi.InboundFlow;
import dev.weft.node.spi.InboundHandler;
import dev.weft.runtime.loop.ChannelRelay;
import dev.weft.runtime.loop.NodeLoop;
import dev.weft.runtime.loop.Paused;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/// Decides who gets each connection that a peer opens. Lives on the node loop.
final class InboundDispatch implements Forwarder {
  /// Backends being dialled at one time; a peer that opens more gets a reset. The original's number
  /// for Linux.
  static final int MAX_DIALLING = 8192;

  /// Connections of one address at a time, whoever they are for; more get a reset. An eighth of
  /// what the stack holds: a peer that opens them without end does not shut the others out.
  static final int MAX_CONNECTIONS_OF_A_PEER = 4096;

  private static final int BACKEND_TIMEOUT_MILLIS = 10_000;

  private final NodeLoop loop;
  private final TailnetView tailnet;
  private final InboundTable table;
  private final Listeners listeners;
  private final Origins origins;
  private final UdpForwarding udp;
  private final InetAddress backend;
  private final PeerShares connections = new PeerShares(MAX_CONNECTIONS_OF_A_PEER);
  private int dialling;

  InboundDispatch(
      NodeLoop loop,
      TailnetView tailnet,
      InboundTable table,
      Listeners listeners,
      Origins origins,
      UdpForwarding udp) {
    this.loop = loop;
    this.tailnet = tailnet;
    this.table = table;
    this.listeners = listeners;
    this.origins = origins;
    this.udp = udp;
    this.backend =
        Ip.parse("127.0.0.1").toInetAddress(); // for IPv6 flows too, as the original does
  }

  @Override
  public void onIncoming(Flow flow, Decision decision) {
    InetAddress peer = flow.remote().getAddress();
    // Routes of others are not forwarded yet.
    if (!isOwn(flow.local().getAddress()) || connections.isSpent(peer)) {
      decision.reject();
      return;
    }
    connections.take(peer);
    dispatch(flow, new Counted(peer, decision));
  }

  private void dispatch(Flow flow, Decision decision) {
    InboundFlow inbound = new InboundFlow(flow.local(), flow.remote());
    Optional<InboundHandler> claimed = table.find(inbound);
    if (claimed.isPresent()) {
      decision.accept(
          new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
              claimed.get().initChannel(channel, inbound);
            }
          });
      return;
    }
    Optional<ChannelHandler> listener = listeners.find(flow.local().getPort());
    if (listener.isPresent()) {
      decision.accept(listener.get());
    } else {
      forward(flow, decision);
    }
  }

  @Override
  public void onDatagram(InetSocketAddress local, InetSocketAddress remote, ByteBuf payload) {
    if (isOwn(local.getAddress())) {
      udp.forward(local, remote, payload);
    } else {
      payload.release();
    }
  }

  private boolean isOwn(InetAddress address) {
    return tailnet.self().filter(self -> self.addresses().contains(address)).isPresent();
  }

  /// Dials first and answers the peer after: a closed port of this machine looks closed on the
  /// tailnet.
  private void forward(Flow flow, Decision decision) {
    if (dialling >= MAX_DIALLING) {
      decision.reject();
      return;
    }
    dialling++;
    ChannelFuture dialled =
        new Bootstrap()
            .group(loop.eventLoop())
            .channel(loop.transport().socketChannel())
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, BACKEND_TIMEOUT_MILLIS)
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(new Paused())
            .connect(new InetSocketAddress(backend, flow.local().getPort()));
    dialled.addListener(_ -> {
      dialling--;
      if (dialled.isSuccess()) {
        accept(flow, decision, dialled.channel());
      } else {
        decision.reject();
      }
    });
  }

  private void accept(Flow flow, Decision decision, Channel server) {
    InetSocketAddress source = (InetSocketAddress) server.localAddress();
    origins.add(source, flow.remote());
    server.closeFuture().addListener(_ -> origins.remove(source));
    decision
        .accept(new Paused())
        .addListener(accepted -> {
          if (accepted.isSuccess()) {
            Channel peer = (Channel) accepted.getNow();
            peer.config().setOption(ChannelOption.SO_KEEPALIVE, true);
            ChannelRelay.join(peer, server);
          } else {
            server.close();
          }
        });
  }

  /// Gives the peer its share back when the connection is over, or does not come about.
  private final class Counted implements Decision {
    private final InetAddress peer;
    private final Decision decision;

    Counted(InetAddress peer, Decision decision) {
      this.peer = peer;
      this.decision = decision;
    }

    @Override
    public Future<Channel> accept(ChannelHandler handler) {
      Future<Channel> accepted = decision.accept(handler);
      accepted.addListener(_ -> {
        if (accepted.isSuccess()) {
          accepted.getNow().closeFuture().addListener(_ -> connections.release(peer));
        } else {
          connections.release(peer);
        }
      });
      return accepted;
    }

    @Override
    public void reject() {
      connections.release(peer);
      decision.reject();
    }
  }
}
