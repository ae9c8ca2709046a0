package dev.weft.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpTest {
  @ParameterizedTest
  @CsvSource({
    "100.64.0.1, 100.64.0.1",
    "0.0.0.0, 0.0.0.0",
    "255.255.255.255, 255.255.255.255",
    "::, ::",
    "::1, ::1",
    "1::, 1::",
    "FD7A:115C:A1E0::53, fd7a:115c:a1e0::53",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0db8::0001, 2001:db8::1",
    "::ffff:192.0.2.1, ::ffff:192.0.2.1",
    "::ffff:c000:201, ::ffff:192.0.2.1",
    "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
    "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
  })
  void anAddressIsWrittenInItsCanonicalForm(String text, String canonical) {
    assertEquals(canonical, Ip.parse(text).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "01.2.3.4",
        "1.2.3.4 ",
        "1..2.3",
        ":",
        ":::",
        "1:2",
        "1:2:3:4:5:6:7:8:9",
        "1::2::3",
        "1:2:3:4:5:6:7:8::",
        "::12345",
        "::g",
        "fe80::1%eth0",
        "1.2.3.4::",
        "::1.2.3.4:5",
        "1:2:3:4:5:6:7:1.2.3.4",
        "::1.2.3",
        "٣.1.1.1",
        "::٣"
      })
  void textThatIsNoAddressIsRefused(String text) {
    assertTrue(Ip.tryParse(text).isEmpty());
  }

  @Test
  void everyAddressSurvivesTextBytesAndTheJdk() throws Exception {
    long seed = 42;
    Random random = new Random(seed);
    for (int i = 0; i < 5_000; i++) {
      byte[] bytes = new byte[i % 2 == 0 ? 4 : 16];
      random.nextBytes(bytes);
      for (int zero = random.nextInt(bytes.length); zero > 0; zero--) {
        bytes[random.nextInt(bytes.length)] = 0;
      }
      Ip ip = Ip.ofBytes(bytes, 0, bytes.length);
      assertEquals(ip, Ip.parse(ip.toString()), "seed " + seed);
      assertEquals(InetAddress.getByAddress(bytes), ip.toInetAddress(), "seed " + seed);
      assertEquals(InetAddress.getByName(ip.toString()), ip.toInetAddress(), "seed " + seed);
    }
  }

  @Test
  void anIpv4AddressIsMappedOnTheWireAndUnmappedAfter() {
    byte[] wire = new byte[18];
    Ip.parse("192.0.2.7").writeMapped16(wire, 1);
    Ip read = Ip.ofBytes(wire, 1, 16);
    assertEquals("::ffff:192.0.2.7", read.toString());
    assertEquals(Ip.parse("192.0.2.7"), read.unmap());
    assertEquals(Ip.parse("::1"), Ip.parse("::1").unmap());
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, true", "172.16.0.1, true", "172.31.255.255, true", "172.32.0.1, false",
        "192.168.1.1, true",
    "100.64.0.1, false", "fc00::1, true", "fdff::1, true", "fe00::1, false", "2001:db8::1, false"
  })
  void privateRangesAreThoseOfTheRfcs(String text, boolean isPrivate) {
    assertEquals(isPrivate, Ip.parse(text).isPrivate());
  }

  @Test
  void specialRangesAreRecognised() {
    assertTrue(Ip.parse("127.1.2.3").isLoopback());
    assertTrue(Ip.parse("::1").isLoopback());
    assertTrue(Ip.parse("169.254.1.1").isLinkLocal());
    assertTrue(Ip.parse("febf::1").isLinkLocal());
    assertFalse(Ip.parse("fec0::1").isLinkLocal());
    assertTrue(Ip.parse("239.1.1.1").isMulticast());
    assertTrue(Ip.parse("ff02::1").isMulticast());
    assertTrue(Ip.parse("::").isUnspecified());
  }

  @ParameterizedTest
  @CsvSource({
    "100.64.0.0/10, 100.127.255.255, true",
    "100.64.0.0/10, 100.128.0.0, false",
    "0.0.0.0/0, 8.8.8.8, true",
    "0.0.0.0/0, ::1, false",
    "fd7a:115c:a1e0::/48, fd7a:115c:a1e0:ffff::1, true",
    "fd7a:115c:a1e0::/48, fd7a:115c:a1e1::1, false",
    "::/0, 2001:db8::1, true",
    "2001:db8::/65, 2001:db8::7fff:0:0:1, true",
    "2001:db8::/65, 2001:db8:0:0:8000::1, false",
    "192.0.2.1/32, 192.0.2.1, true",
  })
  void aPrefixHoldsTheAddressesThatShareItsLeadingBits(String prefix, String ip, boolean held) {
    assertEquals(held, IpPrefix.parse(prefix).contains(Ip.parse(ip)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1.2.3.4", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/01", "::/129", "/8", "1.2.3.4/"})
  void textThatIsNoPrefixIsRefused(String text) {
    assertTrue(IpPrefix.tryParse(text).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.2.3.4:41641", "[2001:db8::1]:41641", "0.0.0.0:0", "[::]:65535"})
  void anEndpointSurvivesItsText(String text) {
    assertEquals(text, Endpoint.parse(text).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.2.3.4",
        "1.2.3.4:",
        "1.2.3.4:65536",
        "::1:80",
        "[1.2.3.4]:80",
        "[::1]",
        ":80",
        "[::1]:+80"
      })
  void textThatIsNoEndpointIsRefused(String text) {
    assertTrue(Endpoint.tryParse(text).isEmpty());
  }

  @Test
  void theLastSegmentOfABatchMayBeShorter() {
    Segments batch = Segments.of(new byte[1000], 10, 250, 100);
    assertEquals(3, batch.count());
    assertEquals(110, batch.offset(1));
    assertEquals(100, batch.length(1));
    assertEquals(50, batch.length(2));
    assertEquals(0, Segments.of(new byte[10], 0, 0, 5).count());
  }

  @Test
  void valuesBelowABoundAreUniform() {
    Random random = new Random(7);
    Entropy entropy = random::nextBytes;
    int[] seen = new int[3];
    for (int i = 0; i < 30_000; i++) {
      seen[entropy.below(3)]++;
    }
    for (int count : seen) {
      assertTrue(count > 9_500 && count < 10_500, "seed 7: " + count);
    }
  }
}
