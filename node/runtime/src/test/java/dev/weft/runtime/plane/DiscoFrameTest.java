package dev.weft.runtime.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.base.Endpoint;
import dev.weft.engine.Path;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// Byte for byte what the original's dissector takes apart (`docs/protocol/services.md` §6.8).
final class DiscoFrameTest {
  private static final byte[] MESSAGE = {1, 0, 7};

  private static String hex(Path from) {
    return HexFormat.of().formatHex(DiscoFrame.encode(from, MESSAGE));
  }

  @Test
  void aDatagramHasItsSourceAndNoKey() {
    assertEquals(
        "00" + "00".repeat(32) + "39a2" + "0400" + "0a4d0065" + "0300" + "010007",
        hex(new Path.Udp(Endpoint.parse("10.77.0.101:41529"))));
    assertEquals(
        "00"
            + "00".repeat(32)
            + "0100"
            + "1000"
            + "fd7a115ca1e000000000000000000001"
            + "0300"
            + "010007",
        hex(new Path.Udp(Endpoint.parse("[fd7a:115c:a1e0::1]:1"))));
  }

  @Test
  void aRelayedOneHasTheNodeKeyAndTheRegion() {
    NodeKey peer =
        NodePrivateKey.generate(bytes -> java.util.Arrays.fill(bytes, (byte) 5)).publicKey();
    assertEquals(
        "01"
            + HexFormat.of().formatHex(peer.raw().toArray())
            + "8403"
            + "0400"
            + "7f030328"
            + "0300"
            + "010007",
        hex(new Path.Derp(900, peer)));
  }
}
