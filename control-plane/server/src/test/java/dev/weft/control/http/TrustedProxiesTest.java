package dev.weft.control.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TrustedProxiesTest {
  private final TrustedProxies proxies =
      new TrustedProxies(List.of(IpPrefix.parse("127.0.0.1/32"), IpPrefix.parse("10.0.0.0/8")));

  @Test
  void aTrustedFrontIsBelieved() {
    assertEquals(Optional.of(Ip.parse("192.0.2.7")), client("127.0.0.1", "192.0.2.7"));
    assertEquals(Optional.of(Ip.parse("2001:db8::7")), client("127.0.0.1", " 2001:db8::7 "));
  }

  @Test
  void nobodyElseIs() {
    assertEquals(Optional.empty(), client("192.0.2.1", "192.0.2.7"));
    assertEquals(Optional.empty(), client("127.0.0.1", null));
    assertEquals(Optional.empty(), TrustedProxies.NONE.client(at("127.0.0.1"), "192.0.2.7"));
  }

  @Test
  void whatTheClientMadeUpBeforeTheFrontsWordDoesNotCount() {
    assertEquals(
        Optional.of(Ip.parse("192.0.2.7")),
        client("127.0.0.1", "198.51.100.1, 192.0.2.7, 10.1.2.3"));
  }

  @Test
  void nonsenseIsNobody() {
    assertEquals(Optional.empty(), client("127.0.0.1", "unknown"));
    assertEquals(Optional.empty(), client("127.0.0.1", ""));
    assertEquals(Optional.empty(), client("127.0.0.1", "192.0.2.7, x"));
    assertEquals(Optional.empty(), client("127.0.0.1", "10.1.2.3"));
  }

  private Optional<Ip> client(String remote, String forwardedFor) {
    return proxies.client(at(remote), forwardedFor);
  }

  private static InetSocketAddress at(String ip) {
    return new InetSocketAddress(ip, 1);
  }
}
