package dev.weft.netstack;

import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.packet.IpProtocol;
import dev.weft.packet.IpView;
import dev.weft.packet.PacketCheck;
import dev.weft.packet.UdpView;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// UDP (RFC 768): sockets by port, and datagrams that wait for the next flush.
final class Udp {
  private static final int MAX_QUEUED_BYTES = 4 << 20;
  private static final int MAX_PAYLOAD = 65_507;

  private record Port(@Nullable Ip address, int number) {}

  private static final class Datagram {
    final Route route;
    final byte[] packet;

    Datagram(Route route, byte[] packet) {
      this.route = route;
      this.packet = packet;
    }
  }

  private final Addresses addresses;
  private final Drops drops;
  private final Fragmenter fragmenter;
  private final PortUnreachable unreachable;
  private final Map<Port, UdpSocket> sockets = new HashMap<>();
  private final ArrayDeque<Datagram> queue = new ArrayDeque<>();
  private final UdpView view = new UdpView();
  private @Nullable UdpHandler forwarder;
  private @Nullable Route lastRoute;
  private int queuedBytes;

  Udp(Addresses addresses, Drops drops, Fragmenter fragmenter, PortUnreachable unreachable) {
    this.unreachable = unreachable;
    this.addresses = addresses;
    this.drops = drops;
    this.fragmenter = fragmenter;
  }

  void setForwarder(@Nullable UdpHandler handler) {
    forwarder = handler;
  }

  /// One UDP packet whose IP header is checked.
  void handle(IpView ip, boolean own, long now) {
    if (view.wrap(ip.array(), ip.transportOffset(), ip.transportLength()) != PacketCheck.VALID) {
      drops.count(Drop.MALFORMED);
      return;
    }
    Ip local = ip.destination();
    UdpSocket socket = own ? find(local, view.destinationPort()) : null;
    UdpHandler handler = socket == null ? forwarder : socket.handler;
    if (handler == null) {
      drops.count(Drop.NO_SOCKET);
      if (own) {
        unreachable.answer(ip, now);
      }
      return;
    }
    handler.onDatagram(
        new Endpoint(local, view.destinationPort()),
        new Endpoint(ip.source(), view.sourcePort()),
        ip.array(),
        view.payloadOffset(),
        view.payloadLength());
  }

  /// An ICMP error about a datagram from `local`, which the caller has checked to be one of ours.
  void unreachable(Endpoint local, Endpoint remote) {
    UdpSocket socket = find(local.ip(), local.port());
    UdpHandler handler = socket == null ? forwarder : socket.handler;
    if (handler == null) {
      drops.count(Drop.NO_SOCKET);
    } else {
      handler.onUnreachable(local, remote);
    }
  }

  private @Nullable UdpSocket find(Ip local, int port) {
    UdpSocket exact = sockets.get(new Port(local, port));
    return exact != null ? exact : sockets.get(new Port(null, port));
  }

  /// Binds a port, unless it is taken.
  @Nullable UdpSocket bind(@Nullable Ip address, int port, UdpHandler handler) {
    UdpSocket socket = new UdpSocket(this, address, port, handler);
    return sockets.putIfAbsent(new Port(address, port), socket) == null ? socket : null;
  }

  void close(UdpSocket socket) {
    sockets.remove(new Port(socket.address(), socket.port()), socket);
  }

  boolean send(@Nullable Ip from, int port, Endpoint remote, ByteBuffer payload) {
    Ip local = from == null ? addresses.towards(remote.ip()) : from;
    int length = payload.remaining();
    if (local == null || local.isV4() != remote.ip().isV4() || length > MAX_PAYLOAD) {
      return false;
    }
    if (queuedBytes + length > MAX_QUEUED_BYTES) {
      drops.count(Drop.QUEUE_FULL);
      return false;
    }
    Route route = route(local, remote.ip());
    int header = route.writer().headerLength();
    byte[] packet = new byte[header + UdpView.HEADER + length];
    payload.get(packet, header + UdpView.HEADER, length);
    route.writer().writeUdp(packet, header, port, remote.port(), length);
    queuedBytes += packet.length;
    queue.add(new Datagram(route, packet));
    return true;
  }

  /// Datagrams of one flow share a route, and with it a batch.
  private Route route(Ip local, Ip remote) {
    Route route = lastRoute;
    boolean same =
        route != null
            && route.localLow() == Route.low(local)
            && route.remoteLow() == Route.low(remote)
            && route.localHigh() == Route.high(local)
            && route.remoteHigh() == Route.high(remote);
    if (route == null || !same) {
      route = addresses.route(local, remote);
      lastRoute = route;
    }
    return route;
  }

  /// The own addresses have changed, and with them what is a loopback.
  void forgetRoutes() {
    lastRoute = null;
  }

  boolean hasWork() {
    return !queue.isEmpty();
  }

  void emit() {
    Datagram next;
    while ((next = queue.poll()) != null) {
      queuedBytes -= next.packet.length;
      fragmenter.send(next.route, IpProtocol.UDP, next.packet);
    }
  }
}
