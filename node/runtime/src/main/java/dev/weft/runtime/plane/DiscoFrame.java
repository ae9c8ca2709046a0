package dev.weft.runtime.plane;

import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.engine.Path;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A disco message in a capture, with where it came from, as the original writes it
/// (`docs/protocol/services.md` §6.8).
final class DiscoFrame {
  private static final int THROUGH_RELAY = 1;
  private static final int KEY = 32;

  /// What stands for the address of a relay; its region is the port.
  private static final Ip RELAY_ADDRESS = Ip.v4(127 << 24 | 3 << 16 | 3 << 8 | 40);

  private DiscoFrame() {}

  static byte[] encode(Path from, byte[] message) {
    return switch (from) {
      case Path.Udp(Endpoint remote) ->
          encode(0, new byte[KEY], remote.ip(), remote.port(), message);
      case Path.Derp(int region, var peer) ->
          encode(THROUGH_RELAY, peer.raw().toArray(), RELAY_ADDRESS, region, message);
    };
  }

  private static byte[] encode(int flags, byte[] relayed, Ip source, int port, byte[] message) {
    byte[] address = source.toBytes();
    ByteBuffer out =
        ByteBuffer.allocate(1 + KEY + 2 + 2 + address.length + 2 + message.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    out.put((byte) flags).put(relayed);
    out.putShort((short) port);
    out.putShort((short) address.length).put(address);
    out.putShort((short) message.length).put(message);
    return out.array();
  }
}
