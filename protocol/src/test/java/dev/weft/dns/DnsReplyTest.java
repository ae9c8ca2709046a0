package dev.weft.dns;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Ip;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DnsReplyTest {
  private static final DnsQuestion ASKED = new DnsQuestion("laptop.lab.net.", DnsType.A);

  @Test
  void aQueryIsTheOneOfRfc1035() {
    assertEquals(
        "beef01000001000000000000066c6170746f70036c6162036e65740000010001",
        HexFormat.of().formatHex(ASKED.encode(0xbeef)));
  }

  @Test
  void theReplyOfTheOfficialDaemonIsRead() {
    byte[] captured =
        Base64.getDecoder().decode("AAGFgAABAAEAAAAAAWIAAAEAAQFiAAABAAEAAAAFAARkQAAB"); // 1.103

    DnsReply reply = DnsReply.parse(captured).orElseThrow();

    assertEquals(DnsReply.SUCCESS, reply.responseCode());
    assertEquals(Optional.of(new DnsQuestion("b.", DnsType.A)), reply.question());
    assertEquals(List.of(new DnsReply.Answer("b.", 5, 1, 1, "100.64.0.1")), reply.answers());
  }

  @Test
  void whatIsEncodedIsParsed() {
    Ip v4 = Ip.parse("100.64.0.7");
    DnsReply reply = DnsReply.parse(DnsReply.encode(7, ASKED, List.of(v4))).orElseThrow();
    assertEquals(7, reply.id());
    assertEquals(Optional.of(ASKED), reply.question());
    assertEquals("100.64.0.7", reply.answers().getFirst().body());
    assertEquals("laptop.lab.net.", reply.answers().getFirst().name());

    DnsQuestion reverse = new DnsQuestion("7.0.64.100.in-addr.arpa.", DnsType.PTR);
    DnsReply pointer =
        DnsReply.parse(DnsReply.encodePointer(8, reverse, "laptop.lab.net.")).orElseThrow();
    assertEquals("laptop.lab.net.", pointer.answers().getFirst().body());

    DnsReply refusal =
        DnsReply.parse(DnsReply.encodeError(9, ASKED, DnsReply.NAME_ERROR)).orElseThrow();
    assertEquals(DnsReply.NAME_ERROR, refusal.responseCode());
    assertTrue(refusal.answers().isEmpty());
  }

  @Test
  void namesThatPointForwardOrAtThemselvesAreNoReply() {
    byte[] reply = DnsReply.encode(7, ASKED, List.of(Ip.parse("100.64.0.7")));
    int pointer = ASKED.encode(7).length;
    byte[] loop = reply.clone();
    loop[pointer + 1] = (byte) pointer;
    assertTrue(DnsReply.parse(loop).isEmpty(), "at itself");
    loop[pointer + 1] = (byte) (pointer + 4);
    assertTrue(DnsReply.parse(loop).isEmpty(), "forward");
  }

  @Test
  void recordsOfOtherTypesAreShownAsPeopleWriteThem() {
    assertEquals("[\"a b\" \"c\\\"\"]", body(16, "0361206202 6322"));
    assertEquals("mail. (Priority=10)", body(15, "000a 046d61696c00"));
    assertEquals("Target=s., Port=443, Priority=1, Weight=2", body(33, "0001 0002 01bb 017300"));
    assertEquals("beef", body(65, "beef"));
    assertEquals("\\000\\092x.", body(5, "03005c7800"));
  }

  @Test
  void noBytesMakeTheParserThrowOrRunOn() {
    byte[] reply = DnsReply.encode(7, ASKED, List.of(Ip.parse("fd7a:115c:a1e0::1")));
    for (int length = 0; length < reply.length; length++) {
      assertTrue(DnsReply.parse(Arrays.copyOf(reply, length)).isEmpty(), "cut at " + length);
    }
    long seed = 4711;
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] bent = reply.clone();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        bent[random.nextInt(bent.length)] = (byte) random.nextInt();
      }
      Optional<DnsReply> parsed = DnsReply.parse(bent); // seed 4711
      assertTrue(parsed.isEmpty() || parsed.get().answers().size() <= bent.length);
    }
  }

  @Test
  void whatIsNoNameCannotBeAsked() {
    assertTrue(DnsQuestion.of("a..b", DnsType.A).isEmpty());
    assertTrue(DnsQuestion.of("x".repeat(64), DnsType.A).isEmpty());
    assertTrue(DnsQuestion.of("a b", DnsType.A).isEmpty());
    assertThrows(IllegalArgumentException.class, () -> new DnsQuestion("laptop", DnsType.A));
    assertArrayEquals(
        new DnsQuestion(".", DnsType.NS).encode(1),
        DnsQuestion.of(".", DnsType.NS).get().encode(1));
  }

  private static String body(int type, String hex) {
    byte[] data = HexFormat.of().parseHex(hex.replace(" ", ""));
    DnsWriter out = new DnsWriter();
    out.int16(1);
    out.int16(0x8000);
    out.int16(0);
    out.int16(1);
    out.int32(0);
    out.name("x.");
    out.int16(type);
    out.int16(1);
    out.int32(60);
    out.int16(data.length);
    out.bytes(data);
    return DnsReply.parse(out.toArray()).orElseThrow().answers().getFirst().body();
  }
}
