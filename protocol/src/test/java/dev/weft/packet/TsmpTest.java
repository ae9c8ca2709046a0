package dev.weft.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.base.Bytes;
import dev.weft.base.Ip;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class TsmpTest {
  private static final Bytes EIGHT = Bytes.fromHex("0102030405060708");

  @Test
  void theBodiesHaveTheDocumentedLayout() {
    assertEquals("21064101bb138801", hex(new Tsmp.Reject(6, Tsmp.Reason.ACL, 443, 5000, true)));
    assertEquals("700102030405060708", hex(new Tsmp.Ping(EIGHT)));
    assertEquals("6f0102030405060708e803", hex(new Tsmp.Pong(EIGHT, 59395)));
    assertEquals("61" + "ab".repeat(32), hex(new Tsmp.DiscoAdvert(Bytes.fromHex("ab".repeat(32)))));
  }

  @Test
  void everyMessageParsesToWhatWasEncoded() {
    roundTrip(new Tsmp.Reject(6, Tsmp.Reason.HOST_FIREWALL, 1, 65535, false));
    roundTrip(new Tsmp.Ping(EIGHT));
    roundTrip(new Tsmp.Pong(EIGHT, 0));
    roundTrip(new Tsmp.DiscoAdvert(Bytes.fromHex("cd".repeat(32))));
  }

  @Test
  void aShortRejectAndAPongWithoutPortAreUnderstood() {
    byte[] reject = HexFormat.of().parseHex("21065301bb1388");
    assertEquals(
        new Tsmp.Reject(6, Tsmp.Reason.SHIELDS_UP, 443, 5000, false), Tsmp.parse(reject, 0, 7));
    byte[] pong = HexFormat.of().parseHex("6f0102030405060708");
    assertEquals(new Tsmp.Pong(EIGHT, 0), Tsmp.parse(pong, 0, 9));
  }

  @Test
  void whatIsTooShortOrUnknownIsNoMessage() {
    byte[] a = new byte[40];
    for (String type : new String[] {"!", "p", "o", "a"}) {
      a[0] = (byte) type.charAt(0);
      assertNull(Tsmp.parse(a, 0, 6));
    }
    a[0] = 'a';
    assertNull(Tsmp.parse(a, 0, 32));
    a[0] = 'z';
    assertNull(Tsmp.parse(a, 0, 40));
    assertThrows(IllegalArgumentException.class, () -> new Tsmp.Ping(Bytes.fromHex("00")));
  }

  @Test
  void aWholePacketIsProtocol99() {
    byte[] a = Packets.tsmp(Ip.parse("fd7a::1"), Ip.parse("fd7a::2"), new Tsmp.Ping(EIGHT));
    IpView ip = new IpView();
    assertEquals(PacketCheck.VALID, ip.wrap(a, 0, a.length));
    assertEquals(IpProtocol.TSMP, ip.protocol());
    assertEquals(new Tsmp.Ping(EIGHT), Tsmp.parse(a, ip.transportOffset(), ip.transportLength()));
  }

  private static void roundTrip(Tsmp message) {
    byte[] body = message.encode();
    assertEquals(message, Tsmp.parse(body, 0, body.length));
  }

  private static String hex(Tsmp message) {
    return HexFormat.of().formatHex(message.encode());
  }
}
