package dev.weft.transport.limit;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

final class ConnectionLimitsTest {
  private final ConnectionLimits limits = new ConnectionLimits(5, 2);

  @Test
  void onePlaceCannotTakeAllConnections() {
    assertTrue(limits.enter(at("192.0.2.1", 1)));
    assertTrue(limits.enter(at("192.0.2.1", 2)));
    assertFalse(limits.enter(at("192.0.2.1", 3)));
    assertTrue(limits.enter(at("192.0.2.2", 4)));
    limits.leave(at("192.0.2.1", 1));
    assertTrue(limits.enter(at("192.0.2.1", 5)));
  }

  @Test
  void theAddressesOfOneIpv6NetworkAreOnePlace() {
    assertTrue(limits.enter(at("2001:db8::1", 1)));
    assertTrue(limits.enter(at("2001:db8::2", 1)));
    assertFalse(limits.enter(at("2001:db8::ffff:3", 1)));
    assertTrue(limits.enter(at("2001:db8:0:1::1", 1)));
  }

  @Test
  void aFrontOnThisMachineIsBoundOnlyByTheTotal() {
    for (int i = 0; i < 5; i++) {
      assertTrue(limits.enter(at(i % 2 == 0 ? "127.0.0.1" : "::1", i)));
    }
    assertFalse(limits.enter(at("127.0.0.1", 6)));
    assertFalse(limits.enter(at("192.0.2.1", 7)));
    limits.leave(at("127.0.0.1", 0));
    assertTrue(limits.enter(at("192.0.2.1", 8)));
  }

  private static InetSocketAddress at(String ip, int port) {
    return new InetSocketAddress(ip, port);
  }
}
