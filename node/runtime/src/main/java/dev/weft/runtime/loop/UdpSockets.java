package dev.weft.runtime.loop;

import dev.weft.base.Datagrams;
import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.base.Segments;
import dev.weft.runtime.host.BatchReceiver;
import dev.weft.transport.port.PortHolder;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The node's UDP sockets, IPv4 and IPv6, on one port where that is free in both families.
///
/// WireGuard, disco and STUN all travel through them, so that what STUN learns is what peers can
/// use (`docs/protocol/dataplane.md §3.2`).
public final class UdpSockets implements MemoryExchange {
  private final @Nullable UdpSocket v4;
  private final @Nullable UdpSocket v6;
  private final @Nullable ReceiveMemory memory;
  private final UdpCounters counters;

  private UdpSockets(
      @Nullable UdpSocket v4,
      @Nullable UdpSocket v6,
      @Nullable ReceiveMemory memory,
      UdpCounters counters) {
    this.v4 = v4;
    this.v6 = v6;
    this.memory = memory;
    this.counters = counters;
  }

  /// Binds the sockets on all addresses. `port` 0 lets the system choose.
  ///
  /// @throws IOException with a message for the user when neither family can be bound, or the
  ///   wanted port is taken
  public static UdpSockets bind(NodeLoop loop, int port, DatagramHandler handler)
      throws IOException, InterruptedException {
    return bind(loop, Ip.V4_UNSPECIFIED, Ip.V6_UNSPECIFIED, port, handler);
  }

  /// The same on one address per family; null leaves a family out.
  public static UdpSockets bind(
      NodeLoop loop,
      @Nullable Ip address4,
      @Nullable Ip address6,
      int port,
      DatagramHandler handler)
      throws IOException, InterruptedException {
    UdpCounters counters = new UdpCounters();
    ReceiveMemory memory = receiveMemory(loop.transport());
    UdpSocket.Receiving receiving =
        memory == null
            ? null
            : socket -> UdpReceiver.open(loop.eventLoop(), socket, memory, handler, counters);
    UdpSocket.Reading reading =
        new UdpSocket.Reading(new DatagramBatcher(handler, counters), receiving);
    UdpSocket v4 = address4 == null ? null : open(loop, address4, port, reading, counters);
    UdpSocket v6 = null;
    if (address6 != null && loop.transport() == Transport.EPOLL) {
      try {
        v6 = open(loop, address6, v4 == null ? port : v4.port(), reading, counters);
      } catch (IOException _) {
        v6 =
            withoutPort(
                loop, address6, reading,
                counters); // a machine without IPv6, or a port taken in this family only
      }
    }
    if (v4 == null && v6 == null) {
      throw new IOException("no UDP socket: neither IPv4 nor IPv6 is available");
    }
    return new UdpSockets(v4, v6, memory, counters);
  }

  private static @Nullable ReceiveMemory receiveMemory(Transport transport) {
    return transport == Transport.EPOLL && BatchReceiver.isAvailable() ? new ReceiveMemory() : null;
  }

  /// Memory for [#exchange], outside the heap.
  public static MemorySegment allocateSpare() {
    return ReceiveMemory.allocate();
  }

  @Override
  public boolean exchange(MemorySegment used, MemorySegment spare) {
    return memory != null && memory.exchange(used, spare);
  }

  private static UdpSocket open(
      NodeLoop loop, Ip address, int port, UdpSocket.Reading reading, UdpCounters counters)
      throws IOException, InterruptedException {
    SocketProtocolFamily family =
        address.isV4() ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
    try {
      return UdpSocket.bind(
          loop, family, new InetSocketAddress(address.toInetAddress(), port), reading, counters);
    } catch (IOException e) {
      if (!isTaken(e)) {
        throw new IOException("cannot open a UDP socket on " + address + ": " + e.getMessage(), e);
      }
      throw new IOException(
          PortHolder.explainUdp(port, e)
              + "; choose another with --port, or --port=0 for any free one",
          e);
    }
  }

  private static boolean isTaken(IOException e) {
    return e instanceof BindException
        || String.valueOf(e.getMessage()).contains("Address already in use");
  }

  private static @Nullable UdpSocket withoutPort(
      NodeLoop loop, Ip address, UdpSocket.Reading reading, UdpCounters counters)
      throws InterruptedException {
    try {
      return open(loop, address, 0, reading, counters);
    } catch (IOException _) {
      return null;
    }
  }

  /// Queues a batch; it leaves at the end of the loop's turn. Drops what the socket does not take,
  /// and counts it.
  public void send(Endpoint to, Segments datagrams) {
    UdpSocket socket = to.ip().isV4() ? v4 : v6;
    if (socket == null) {
      counters.noSocket.add(datagrams.count());
    } else {
      socket.send(to, datagrams);
    }
  }

  /// The same with a batch that was written to `buffer`, which is the socket's from now on.
  public void send(Endpoint to, SendBuffer buffer, Datagrams datagrams) {
    UdpSocket socket = to.ip().isV4() ? v4 : v6;
    if (socket == null) {
      buffer.release();
      counters.noSocket.add(datagrams.count());
    } else {
      socket.send(to, buffer.filled(datagrams), datagrams.segmentSize());
    }
  }

  /// The local port of the IPv4 socket.
  public Optional<Integer> port4() {
    return Optional.ofNullable(v4).map(UdpSocket::port);
  }

  public Optional<Integer> port6() {
    return Optional.ofNullable(v6).map(UdpSocket::port);
  }

  public UdpCounters counters() {
    return counters;
  }

  public void close() {
    if (v4 != null) {
      v4.close();
    }
    if (v6 != null) {
      v6.close();
    }
  }
}
