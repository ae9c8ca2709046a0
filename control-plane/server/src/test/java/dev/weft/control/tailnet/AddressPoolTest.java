package dev.weft.control.tailnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.base.Ip;
import org.junit.jupiter.api.Test;

final class AddressPoolTest {

  @Test
  void addressesAreGivenInOrder() {
    AddressPool.Pair fourth = AddressPool.next(3, _ -> false);
    assertEquals("100.64.0.4", fourth.v4().toString());
    assertEquals("fd7a:115c:a1e0::4", fourth.v6().toString());
  }

  @Test
  void aFreedAddressIsNotGivenAgainUntilAllOthersHadTheirTurn() {
    AddressPool.Pair next = AddressPool.next(3, Ip.parse("100.64.0.4")::equals);
    assertEquals("100.64.0.5", next.v4().toString());
    int last = (1 << 22) - 2;
    assertEquals("100.127.255.254", AddressPool.next(last - 1, _ -> false).v4().toString());
    assertEquals("100.64.0.1", AddressPool.next(last, _ -> false).v4().toString());
    assertEquals(
        "100.64.0.2", AddressPool.next(last, Ip.parse("100.64.0.1")::equals).v4().toString());
  }

  @Test
  void aRangeThatIsUsedUpIsAnError() {
    assertThrows(IllegalStateException.class, () -> AddressPool.next(7, _ -> true));
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
    return AddressPool.next(Ip.parse(last).v4Bits() - Ip.parse("100.64.0.0").v4Bits(), _ -> false);
  }
}
