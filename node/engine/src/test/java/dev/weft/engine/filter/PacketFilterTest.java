package dev.weft.engine.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Ip;
import dev.weft.base.IpPrefix;
import dev.weft.packet.Packets;
import dev.weft.packet.TcpView;
import dev.weft.packet.Tsmp;
import dev.weft.tailcfg.FilterRule;
import dev.weft.tailcfg.NetPortRange;
import dev.weft.tailcfg.PortRange;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PacketFilterTest {
  private static final Ip SELF = Ip.parse("100.64.0.1");
  private static final Ip SELF6 = Ip.parse("fd7a:115c:a1e0::1");
  private static final Ip PEER = Ip.parse("100.64.0.2");
  private static final Ip PEER6 = Ip.parse("fd7a:115c:a1e0::2");
  private static final Ip STRANGER = Ip.parse("100.64.0.9");
  private static final long SEED = 7;

  private final PacketFilter web =
      filter(rule(List.of("100.64.0.2", "fd7a:115c:a1e0::2"), "*", 80, 80));

  @Test
  void aSynNeedsARuleForSourceDestinationAndPort() {
    assertEquals(Verdict.ACCEPT, in(web, syn(PEER, SELF, 80)));
    assertEquals(Verdict.REJECT_SYN, in(web, syn(PEER, SELF, 81)));
    assertEquals(Verdict.REJECT_SYN, in(web, syn(STRANGER, SELF, 80)));
    assertEquals(Verdict.ACCEPT, in(web, syn(PEER6, SELF6, 80)));
    assertEquals(
        Verdict.DROP_NO_RULE, in(web, syn(PEER6, SELF6, 81)), "TSMP rejects are for IPv4 only");
  }

  @ParameterizedTest
  @ValueSource(
      ints = {TcpView.ACK, TcpView.SYN | TcpView.ACK, TcpView.RST, TcpView.FIN | TcpView.ACK, 0})
  void tcpThatOpensNothingPasses(int flags) {
    assertEquals(Verdict.ACCEPT, in(web, Packets.tcp(STRANGER, 9, SELF, 99, flags, 1, 1)));
  }

  @Test
  void whatIsNotForUsIsDroppedWhateverTheRules() {
    PacketFilter open = filter(rule(List.of("*"), "*", 0, 0xffff));
    assertEquals(Verdict.DROP_NOT_LOCAL, in(open, syn(PEER, STRANGER, 80)));
    assertEquals(Verdict.DROP_NOT_LOCAL, in(open, syn(PEER, Ip.parse("8.8.8.8"), 80)));
    assertEquals(Verdict.DROP_MULTICAST, in(open, udp(PEER, 1, Ip.parse("239.1.1.1"), 1)));
    assertEquals(Verdict.DROP_MULTICAST, in(open, udp(PEER6, 1, Ip.parse("ff02::1"), 1)));
    assertEquals(Verdict.DROP_LINK_LOCAL, in(open, udp(PEER, 1, Ip.parse("169.254.1.1"), 1)));
    assertEquals(Verdict.DROP_LINK_LOCAL, in(open, udp(PEER6, 1, Ip.parse("fe80::1"), 1)));
    assertEquals(Verdict.DROP_NOT_LOCAL, in(open, udp(PEER, 1, Ip.parse("169.254.169.254"), 1)));
  }

  @Test
  void echoRequestsNeedAnyRuleAndAnswersNone() {
    assertEquals(Verdict.ACCEPT, in(web, Packets.echoRequest(PEER, SELF, 1, 1, new byte[8])));
    assertEquals(
        Verdict.DROP_NO_RULE, in(web, Packets.echoRequest(STRANGER, SELF, 1, 1, new byte[8])));
    byte[] reply = Packets.echoRequest(STRANGER, SELF, 1, 1, new byte[8]);
    reply[20] = 0;
    assertEquals(Verdict.ACCEPT, in(web, reply));
    byte[] unreachable = Packets.echoRequest(STRANGER, SELF, 1, 1, new byte[8]);
    unreachable[20] = 3;
    assertEquals(Verdict.ACCEPT, in(web, unreachable));
  }

  @Test
  void udpNeedsARuleOrAPacketThatWentOut() {
    byte[] answer = udp(STRANGER, 53, SELF, 4000);
    assertEquals(Verdict.DROP_NO_RULE, in(web, answer));
    assertEquals(Verdict.ACCEPT, out(web, udp(SELF, 4000, STRANGER, 53)));
    assertEquals(Verdict.ACCEPT, in(web, answer));
    assertEquals(Verdict.DROP_NO_RULE, in(web, udp(STRANGER, 54, SELF, 4000)));
    assertEquals(Verdict.DROP_NO_RULE, in(web, udp(STRANGER, 53, SELF, 4001)));
    assertEquals(Verdict.ACCEPT, in(web, udp(PEER, 1, SELF, 80)));
  }

  @Test
  void openFlowsOutliveAChangeOfRules() {
    out(web, udp(SELF, 4000, STRANGER, 53));
    PacketFilter newer =
        web.with(
            new FilterConfig(List.of(), locals(), false, FilterConfig.SourceCapabilities.NONE));
    assertEquals(Verdict.ACCEPT, in(newer, udp(STRANGER, 53, SELF, 4000)));
    assertEquals(Verdict.REJECT_SYN, in(newer, syn(PEER, SELF, 80)));
  }

  @Test
  void onlyTheLatestFlowsAreRemembered() {
    for (int port = 1; port <= Flows.LIMIT + 1; port++) {
      out(web, udp(SELF, port, STRANGER, 53));
    }
    assertEquals(Verdict.DROP_NO_RULE, in(web, udp(STRANGER, 53, SELF, 1)));
    assertEquals(Verdict.ACCEPT, in(web, udp(STRANGER, 53, SELF, 2)));
  }

  @Test
  void withoutANetworkMapNothingComesIn() {
    PacketFilter none = PacketFilter.denyAll();
    assertFalse(in(none, syn(PEER, SELF, 80)).isAccepted());
    assertFalse(in(none, Packets.tcp(PEER, 1, SELF, 80, TcpView.ACK, 1, 1)).isAccepted());
  }

  @Test
  void shieldsUpLetsOnlyAnswersIn() {
    PacketFilter up =
        web.with(
            new FilterConfig(
                List.of(rule(List.of("*"), "*", 0, 0xffff)),
                locals(),
                true,
                FilterConfig.SourceCapabilities.NONE));
    assertEquals(Verdict.REJECT_SYN, in(up, syn(PEER, SELF, 80)));
    assertEquals(Tsmp.Reason.SHIELDS_UP, up.rejectReason());
    assertEquals(Tsmp.Reason.ACL, web.rejectReason());
    assertEquals(Verdict.ACCEPT, in(up, Packets.tcp(PEER, 1, SELF, 80, TcpView.ACK, 1, 1)));
  }

  @Test
  void tsmpAlwaysComesInAndOtherProtocolsNeedAllPorts() {
    byte[] packet = udp(STRANGER, 1, SELF, 80);
    packet[9] = 99;
    assertEquals(Verdict.ACCEPT, in(web, packet));
    byte[] gre = udp(PEER, 1, SELF, 80);
    gre[9] = 47;
    assertEquals(Verdict.DROP_NO_RULE, in(web, gre));
    PacketFilter withGre =
        filter(rule(List.of("*"), "*", 0, 0xffff).toBuilder().ipProto(List.of(47)).build());
    assertEquals(Verdict.ACCEPT, in(withGre, gre));
    assertEquals(
        Verdict.REJECT_SYN, in(withGre, syn(PEER, SELF, 80)), "a named protocol admits no other");
    PacketFilter oneport =
        filter(rule(List.of("*"), "*", 80, 80).toBuilder().ipProto(List.of(47)).build());
    assertEquals(Verdict.DROP_NO_RULE, in(oneport, gre));
  }

  @Test
  void aLaterFragmentPassesAndAFirstOneIsJudged() {
    byte[] later = udp(STRANGER, 1, SELF, 80);
    later[6] = 0;
    later[7] = 100;
    assertEquals(Verdict.ACCEPT, in(web, later));
    byte[] junk = udp(STRANGER, 1, SELF, 80);
    junk[7] = 5;
    assertEquals(Verdict.DROP_MALFORMED, in(web, junk));
    byte[] first = udp(STRANGER, 1, SELF, 80);
    first[6] = 0x20;
    assertEquals(Verdict.DROP_NO_RULE, in(web, first));
    byte[] firstOfPeer = udp(PEER, 1, SELF, 80);
    firstOfPeer[6] = 0x20;
    assertEquals(Verdict.ACCEPT, in(web, firstOfPeer));
  }

  @Test
  void hiddenProtocolsAreDropped() {
    byte[] hopByHop = udp(PEER6, 1, SELF6, 80);
    hopByHop[6] = 0;
    assertEquals(Verdict.DROP_UNKNOWN_PROTOCOL, in(web, hopByHop));
  }

  @ParameterizedTest
  @CsvSource({
    "*, 100.64.0.2, true",
    "*, fd7a:115c:a1e0::2, true",
    "100.64.0.0/24, 100.64.0.2, true",
    "100.64.1.0/24, 100.64.0.2, false",
    "100.64.0.2, 100.64.0.2, true",
    "100.64.0.1-100.64.0.3, 100.64.0.2, true",
    "100.64.0.3-100.64.0.9, 100.64.0.2, false",
    "fd7a:115c:a1e0::-fd7a:115c:a1e0::ff, fd7a:115c:a1e0::2, true",
    "cap:https://example.com/cap/x, 100.64.0.2, true",
    "cap:https://example.com/cap/y, 100.64.0.2, false",
  })
  void sourcesAreWrittenInManyWays(String source, String from, boolean admitted) {
    long low = 0xffff_0000_0000L | PEER.v4Bits() & 0xffff_ffffL;
    PacketFilter filter =
        PacketFilter.denyAll()
            .with(
                new FilterConfig(
                    List.of(rule(List.of(source), "*", 80, 80)),
                    locals(),
                    false,
                    (h, l, cap) -> h == 0 && l == low && cap.endsWith("/x")));
    Ip sender = Ip.parse(from);
    assertEquals(admitted, in(filter, syn(sender, sender.isV4() ? SELF : SELF6, 80)).isAccepted());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "nonsense", "1.2.3.4/40", "1.2.3.9-1.2.3.4", "1.2.3.4-::1", "1.2.3.4-", "**"})
  void aRuleThatIsNotUnderstoodAdmitsNothingAndIsReported(String source) {
    PacketFilter filter = filter(rule(List.of("100.64.0.2", source), "*", 80, 80));
    assertEquals(1, filter.faults().size());
    assertEquals(Verdict.REJECT_SYN, in(filter, syn(PEER, SELF, 80)));
  }

  @Test
  void aRangeIsCoveredExactly() {
    Random random = new Random(SEED);
    for (int i = 0; i < 300; i++) {
      int low = random.nextInt(1 << 12);
      int high = low + random.nextInt(1 << 10);
      List<IpPrefix> cover = AddressText.parse(ip(low) + "-" + ip(high));
      for (int probe = Math.max(0, low - 3); probe <= high + 3; probe++) {
        Ip address = ip(probe);
        boolean covered = cover.stream().anyMatch(p -> p.contains(address));
        assertEquals(low <= probe && probe <= high, covered, low + "-" + high + " at " + probe);
      }
    }
    assertEquals(
        List.of(IpPrefix.parse("0.0.0.0/0")), AddressText.parse("0.0.0.0-255.255.255.255"));
    assertEquals(
        List.of(IpPrefix.parse("::/0")),
        AddressText.parse("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
  }

  @Test
  void randomBytesNeverThrowAndTruncatedPacketsAreDropped() {
    Random random = new Random(SEED);
    List<byte[]> seeds =
        List.of(
            syn(PEER, SELF, 80),
            udp(PEER, 1, SELF, 80),
            udp(PEER6, 1, SELF6, 80),
            Packets.echoRequest(PEER, SELF, 1, 1, new byte[8]));
    for (int i = 0; i < 20_000; i++) {
      byte[] packet = seeds.get(random.nextInt(seeds.size())).clone();
      for (int flips = random.nextInt(4); flips > 0; flips--) {
        packet[random.nextInt(packet.length)] = (byte) random.nextInt();
      }
      int length = random.nextInt(packet.length + 1);
      web.in(packet, 0, length);
      web.out(packet, 0, length);
    }
    for (byte[] whole : seeds) {
      for (int length = 0; length < whole.length; length++) {
        assertEquals(Verdict.DROP_MALFORMED, web.in(whole, 0, length), "length " + length);
      }
    }
  }

  /// Against the rules read one by one, without tables.
  @Test
  void theCompiledFilterAgreesWithANaiveReading() {
    Random random = new Random(SEED);
    for (int round = 0; round < 400; round++) {
      List<FilterRule> rules = new java.util.ArrayList<>();
      for (int r = random.nextInt(4); r >= 0; r--) {
        int first = random.nextInt(10);
        String dst = random.nextBoolean() ? "*" : "100.64.0." + random.nextInt(3);
        rules.add(
            rule(
                List.of("100.64.0." + random.nextInt(6) + "/" + (29 + random.nextInt(4))),
                dst,
                first,
                first + random.nextInt(5)));
      }
      PacketFilter filter = filter(rules.toArray(FilterRule[]::new));
      for (int probe = 0; probe < 40; probe++) {
        Ip source = Ip.parse("100.64.0." + random.nextInt(8));
        int port = random.nextInt(16);
        boolean naive =
            rules.stream()
                .anyMatch(rule ->
                    rule.srcIps().stream().anyMatch(s -> IpPrefix.parse(s).contains(source))
                        && rule.dstPorts().stream()
                            .anyMatch(d ->
                                (d.ip().equals("*") || Ip.parse(d.ip()).equals(SELF))
                                    && d.ports().contains(port)));
        assertEquals(
            naive, in(filter, syn(source, SELF, port)).isAccepted(), "seed " + SEED + ", " + rules);
      }
    }
  }

  private static Ip ip(int offset) {
    return Ip.v4((100 << 24 | 64 << 16) + offset);
  }

  private static PacketFilter filter(FilterRule... rules) {
    return PacketFilter.denyAll()
        .with(
            new FilterConfig(
                List.of(rules), locals(), false, FilterConfig.SourceCapabilities.NONE));
  }

  private static List<IpPrefix> locals() {
    return List.of(IpPrefix.single(SELF), IpPrefix.single(SELF6));
  }

  private static FilterRule rule(List<String> sources, String destination, int first, int last) {
    return FilterRule.builder()
        .srcIps(sources)
        .dstPorts(List.of(new NetPortRange(destination, new PortRange(first, last))))
        .build();
  }

  private static byte[] syn(Ip from, Ip to, int port) {
    return Packets.tcp(from, 4000, to, port, TcpView.SYN, 1, 0);
  }

  private static byte[] udp(Ip from, int fromPort, Ip to, int port) {
    return Packets.udp(from, fromPort, to, port, new byte[88]);
  }

  /// With bytes around the packet, so that a wrong offset shows.
  private static Verdict in(PacketFilter filter, byte[] packet) {
    byte[] array = new byte[packet.length + 20];
    Arrays.fill(array, (byte) 0xa5);
    System.arraycopy(packet, 0, array, 7, packet.length);
    Verdict verdict = filter.in(array, 7, packet.length);
    assertTrue(verdict != null);
    return verdict;
  }

  private static Verdict out(PacketFilter filter, byte[] packet) {
    return filter.out(packet, 0, packet.length);
  }
}
