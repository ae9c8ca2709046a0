package dev.weft.netstack;

import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A bound UDP port.
public final class UdpSocket {
  private final Udp udp;
  private final @Nullable Ip address;
  private final int port;
  final UdpHandler handler;

  UdpSocket(Udp udp, @Nullable Ip address, int port, UdpHandler handler) {
    this.udp = udp;
    this.address = address;
    this.port = port;
    this.handler = handler;
  }

  /// The address it is bound to; null for all own addresses.
  public @Nullable Ip address() {
    return address;
  }

  public int port() {
    return port;
  }

  /// Queues a datagram for the next [Netstack#flush].
  ///
  /// @return false when it cannot be sent: no own address of that family, too long, or the queue is
  ///   full
  public boolean send(Endpoint remote, ByteBuffer payload) {
    return udp.send(address, port, remote, payload);
  }

  public void close() {
    udp.close(this);
  }
}
