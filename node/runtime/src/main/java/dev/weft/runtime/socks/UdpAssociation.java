package dev.weft.runtime.socks;

import dev.weft.runtime.loop.NodeLoop;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// The datagrams of one SOCKS5 client (RFC 1928 §7): a socket beside its connection, and one
/// channel for each destination. Lives on the node loop, and as long as the connection.
///
/// Only the client's address may use the socket, and of it only the port that comes first or that
/// the client has announced.
final class UdpAssociation extends SimpleChannelInboundHandler<DatagramPacket> {
  /// Destinations of one client at a time; the one that was used longest ago makes room.
  static final int MAX_TARGETS = 128;

  /// As the real client's forwarding (`docs/protocol/dataplane.md §8`).
  private static final int IDLE_SECONDS = 120;

  private static final int DNS_IDLE_SECONDS = 30;
  private static final int DNS_PORT = 53;

  /// Datagrams that wait while their destination's name is looked up.
  private static final int MAX_WAITING = 16;

  private static final int MAX_DATAGRAM = 65_535;

  /// How many destinations all clients of a listener have. Of the node loop.
  static final class Budget {
    private static final int MAX = 4096;
    private int used;
  }

  private final InetAddress clientAddress;
  private final Dialer dialer;
  private final Budget budget;
  private final LinkedHashMap<UdpHeader, Target> targets = new LinkedHashMap<>(16, 0.75f, true);
  private int clientPort;
  private @Nullable Channel socket;

  /// @param announcedPort the port that the client will send from; 0 for any one
  private UdpAssociation(
      InetAddress clientAddress, int announcedPort, Dialer dialer, Budget budget) {
    this.clientAddress = clientAddress;
    this.clientPort = announcedPort;
    this.dialer = dialer;
    this.budget = budget;
  }

  /// Binds the socket at the address that the client has reached. It is closed with `client`.
  static ChannelFuture open(
      NodeLoop loop, Channel client, int announcedPort, Dialer dialer, Budget budget) {
    InetSocketAddress here = (InetSocketAddress) client.localAddress();
    InetSocketAddress there = (InetSocketAddress) client.remoteAddress();
    ChannelFuture bound =
        new Bootstrap()
            .group(loop.eventLoop())
            .channel(loop.transport().datagramChannel())
            .option(
                ChannelOption.RECVBUF_ALLOCATOR,
                new FixedRecvByteBufAllocator(MAX_DATAGRAM).maxMessagesPerRead(16))
            .handler(new UdpAssociation(there.getAddress(), announcedPort, dialer, budget))
            .bind(new InetSocketAddress(here.getAddress(), 0));
    client.closeFuture().addListener(_ -> bound.channel().close());
    return bound;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    socket = context.channel();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    List.copyOf(targets.values()).forEach(Target::close);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
    InetSocketAddress sender = packet.sender();
    boolean foreign =
        !sender.getAddress().equals(clientAddress)
            || clientPort != 0 && sender.getPort() != clientPort;
    UdpHeader destination = foreign ? null : UdpHeader.read(packet.content());
    if (destination == null || destination.port() == 0) {
      return;
    }
    clientPort = sender.getPort();
    Target target = targets.get(destination);
    if (target == null) {
      target = open(destination);
    }
    if (target != null) {
      target.send(packet.content().retain());
    }
  }

  private @Nullable Target open(UdpHeader destination) {
    if (targets.size() >= MAX_TARGETS) {
      targets.firstEntry().getValue().close();
    }
    if (budget.used >= Budget.MAX) {
      return null; // a datagram is lost, as datagrams may be
    }
    budget.used++;
    Target target = new Target(destination);
    targets.put(destination, target);
    target.dial();
    return target;
  }

  /// A port that refuses, or a socket error: one datagram less.
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {}

  /// One destination, from the first datagram to it until none has passed for a while.
  private final class Target extends ChannelInitializer<Channel> {
    private final UdpHeader destination;
    private final Queue<ByteBuf> waiting = new ArrayDeque<>();
    private @Nullable Channel channel;
    private boolean isClosed;

    Target(UdpHeader destination) {
      this.destination = destination;
    }

    void dial() {
      dialer
          .dialDatagrams(destination.host(), destination.port(), this)
          .addListener(dialled -> {
            if (dialled.isSuccess()) {
              connected((Channel) dialled.getNow());
            } else {
              close();
            }
          });
    }

    private void connected(Channel opened) {
      channel = opened;
      if (isClosed) {
        opened.close();
        return;
      }
      opened.closeFuture().addListener(_ -> close());
      ByteBuf payload;
      while ((payload = waiting.poll()) != null) {
        opened.writeAndFlush(payload);
      }
    }

    void send(ByteBuf payload) {
      Channel open = channel;
      if (open != null) {
        open.writeAndFlush(payload); // releases it when that failed
      } else if (isClosed || waiting.size() >= MAX_WAITING) {
        payload.release();
      } else {
        waiting.add(payload);
      }
    }

    void close() {
      if (isClosed) {
        return;
      }
      isClosed = true;
      budget.used--;
      targets.remove(destination, this);
      waiting.forEach(ByteBuf::release);
      waiting.clear();
      if (channel != null) {
        channel.close();
      }
    }

    @Override
    protected void initChannel(Channel opened) {
      opened.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(MAX_DATAGRAM));
      int idle = destination.port() == DNS_PORT ? DNS_IDLE_SECONDS : IDLE_SECONDS;
      opened.pipeline().addLast(new IdleStateHandler(0, 0, idle), new Answers());
    }

    private final class Answers extends SimpleChannelInboundHandler<DatagramPacket> {
      @Override
      protected void channelRead0(ChannelHandlerContext context, DatagramPacket answer) {
        Channel out = socket;
        if (out == null) {
          return;
        }
        ByteBuf header = out.alloc().buffer();
        destination.write(header);
        ByteBuf whole =
            out.alloc().compositeBuffer(2).addComponents(true, header, answer.content().retain());
        out.writeAndFlush(
            new DatagramPacket(whole, new InetSocketAddress(clientAddress, clientPort)));
      }

      @Override
      public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof IdleStateEvent) {
          context.close();
        }
      }

      /// Nobody is there; what comes later may find somebody.
      @Override
      public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
      }
    }
  }
}
