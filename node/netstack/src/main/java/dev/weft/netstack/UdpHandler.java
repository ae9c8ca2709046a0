package dev.weft.netstack;

import dev.weft.base.Endpoint;

/// Takes datagrams, at once and within [Netstack#handlePackets].
@FunctionalInterface
public interface UdpHandler {
  /// The payload lies in `array` and is borrowed for the call.
  void onDatagram(Endpoint local, Endpoint remote, byte[] array, int offset, int length);

  /// The network says that a datagram to `remote` did not arrive (RFC 1122 §4.1.3.3). Anybody may
  /// have made that up who can send to the node: no reason to give up more than one exchange.
  default void onUnreachable(Endpoint local, Endpoint remote) {}
}
