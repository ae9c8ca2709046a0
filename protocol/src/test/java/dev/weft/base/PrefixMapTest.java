package dev.weft.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PrefixMapTest {
  @Test
  void theLongestPrefixWins() {
    PrefixMap<String> map =
        PrefixMap.copyOf(
            Map.of(
                IpPrefix.parse("0.0.0.0/0"), "default",
                IpPrefix.parse("10.0.0.0/8"), "ten",
                IpPrefix.parse("10.1.0.0/16"), "ten one",
                IpPrefix.parse("10.1.2.3/32"), "host"));
    assertEquals("host", map.lookup(Ip.parse("10.1.2.3")));
    assertEquals("ten one", map.lookup(Ip.parse("10.1.2.4")));
    assertEquals("ten", map.lookup(Ip.parse("10.2.0.1")));
    assertEquals("default", map.lookup(Ip.parse("192.0.2.1")));
    assertNull(map.lookup(Ip.parse("2001:db8::1")));
  }

  @Test
  void theDefaultRouteOfOneFamilyIsNotThatOfTheOther() {
    PrefixSet v6 = PrefixSet.copyOf(List.of(IpPrefix.parse("::/0")));
    PrefixSet v4 = PrefixSet.copyOf(List.of(IpPrefix.parse("0.0.0.0/0")));
    assertTrue(v6.contains(Ip.parse("2001:db8::1")));
    assertFalse(v6.contains(Ip.parse("192.0.2.1")));
    assertTrue(v4.contains(Ip.parse("192.0.2.1")));
    assertFalse(v4.contains(Ip.parse("2001:db8::1")));
    assertFalse(PrefixSet.EMPTY.contains(Ip.parse("192.0.2.1")));
  }

  @Test
  void aLookupAgreesWithASearchThroughAllPrefixes() {
    long seed = 0xf00d;
    Random random = new Random(seed);
    Map<IpPrefix, Integer> entries = new LinkedHashMap<>();
    for (int i = 0; i < 300; i++) {
      boolean v4 = random.nextBoolean();
      entries.put(new IpPrefix(address(random, v4), random.nextInt(v4 ? 33 : 129)).masked(), i);
    }
    PrefixMap<Integer> map = PrefixMap.copyOf(entries);
    for (int i = 0; i < 10_000; i++) {
      Ip ip = address(random, random.nextBoolean());
      IpPrefix longest = null;
      for (IpPrefix prefix : entries.keySet()) {
        if (prefix.contains(ip) && (longest == null || prefix.bits() > longest.bits())) {
          longest = prefix;
        }
      }
      Integer expected = longest == null ? null : entries.get(longest);
      assertEquals(expected, map.lookup(ip), () -> ip + ", seed " + seed);
    }
  }

  /// Few distinct values, so that prefixes overlap.
  private static Ip address(Random random, boolean v4) {
    return v4
        ? Ip.v4(random.nextInt() & 0x030f_0f03)
        : Ip.v6(
            random.nextLong() & 0x3000_0000_0000_0003L, random.nextLong() & 0xc000_0000_0000_0001L);
  }
}
