package dev.weft.control.tailnet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.base.Ip;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class AddressPoolTest {

  @Test
  void addressesAreGivenInOrderAndFreedOnesAgain() {
    Set<Ip> taken = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      take(taken);
    }
    taken.remove(Ip.parse("100.64.0.2"));
    taken.remove(Ip.parse("fd7a:115c:a1e0::2"));
    assertEquals("100.64.0.2", take(taken).v4().toString());
    AddressPool.Pair next = take(taken);
    assertEquals("100.64.0.4", next.v4().toString());
    assertEquals("fd7a:115c:a1e0::4", next.v6().toString());
  }

  @Test
  void theResolversAddressIsNotGiven() {
    assertEquals("100.64.0.84", nextAfter("100.64.0.82").v4().toString());
  }

  @Test
  void rangesOfClientsAndHostsAreLeftOut() {
    assertEquals("100.100.1.0", nextAfter("100.99.255.255").v4().toString());
    assertEquals("100.100.101.0", nextAfter("100.100.99.255").v4().toString());
    assertEquals("100.101.102.104", nextAfter("100.101.102.102").v4().toString());
    assertEquals("100.115.94.0", nextAfter("100.115.91.255").v4().toString());
  }

  private static AddressPool.Pair nextAfter(String last) {
    int limit = Ip.parse(last).v4Bits();
    return AddressPool.next(ip -> ip.isV4() && ip.v4Bits() <= limit);
  }

  private static AddressPool.Pair take(Set<Ip> taken) {
    AddressPool.Pair pair = AddressPool.next(taken::contains);
    taken.add(pair.v4());
    taken.add(pair.v6());
    return pair;
  }
}
