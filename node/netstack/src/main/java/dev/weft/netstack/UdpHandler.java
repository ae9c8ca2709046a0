package dev.weft.netstack;

import dev.weft.base.Endpoint;

/// Takes datagrams, at once and within [Netstack#handlePackets].
@FunctionalInterface
public interface UdpHandler {
  /// The payload lies in `array` and is borrowed for the call.
  void onDatagram(Endpoint local, Endpoint remote, byte[] array, int offset, int length);
}
