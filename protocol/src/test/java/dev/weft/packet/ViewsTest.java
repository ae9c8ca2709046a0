package dev.weft.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Bytes;
import dev.weft.base.Ip;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ViewsTest {
  private static final Ip A4 = Ip.parse("100.64.0.1");
  private static final Ip B4 = Ip.parse("100.64.0.2");
  private static final Ip A6 = Ip.parse("fd7a:115c:a1e0::1");
  private static final Ip B6 = Ip.parse("fd7a:115c:a1e0::2");

  private final IpView ip = new IpView();
  private final TcpView tcp = new TcpView();
  private final UdpView udp = new UdpView();

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aUdpPacketReadsBackAsWritten(boolean v4) {
    byte[] payload = {1, 2, 3, 4, 5};
    byte[] a = Packets.udp(v4 ? A4 : A6, 41641, v4 ? B4 : B6, 53, payload);
    assertEquals(PacketCheck.VALID, ip.wrap(a, 0, a.length));
    assertEquals(v4, ip.isV4());
    assertEquals(v4 ? A4 : A6, ip.source());
    assertEquals(v4 ? B4 : B6, ip.destination());
    assertEquals(IpProtocol.UDP, ip.protocol());
    assertEquals(IpWriter.HOP_LIMIT, ip.hopLimit());
    assertTrue(ip.checksumValid());
    assertTrue(ip.transportChecksumValid());
    assertEquals(PacketCheck.VALID, udp.wrap(a, ip.transportOffset(), ip.transportLength()));
    assertEquals(41641, udp.sourcePort());
    assertEquals(53, udp.destinationPort());
    int from = udp.payloadOffset();
    assertArrayEquals(payload, Arrays.copyOfRange(a, from, from + udp.payloadLength()));
    a[from] ^= 1;
    assertFalse(ip.transportChecksumValid());
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 24})
  void anIpv4MappedAddressIsNoAddressOfAnIpv6Packet(int at) {
    byte[] a = Packets.udp(A6, 1, B6, 2, new byte[3]);
    Arrays.fill(a, at, at + 10, (byte) 0);
    Arrays.fill(a, at + 10, at + 12, (byte) 0xff);
    assertEquals(PacketCheck.MAPPED_ADDRESS, ip.wrap(a, 0, a.length));
  }

  @Test
  void paddingBehindThePacketIsIgnored() {
    byte[] a = Packets.udp(A4, 1, B4, 2, new byte[3]);
    byte[] padded = Arrays.copyOf(a, 48);
    assertEquals(PacketCheck.VALID, ip.wrap(padded, 0, padded.length));
    assertEquals(a.length, ip.totalLength());
    assertTrue(ip.transportChecksumValid());
  }

  @Test
  void allTcpOptionsReadBackAsWritten() {
    byte[] a = new byte[120];
    TcpWriter writer = new TcpWriter();
    IpWriter addresses = new IpWriter(A6.high(), A6.low(), B6.high(), B6.low());
    writer.start(a, 40, 443, 50000);
    writer.numbers(0x89abcdef, 0xfedcba98);
    writer.mss(1220);
    writer.sackPermitted();
    writer.timestamps(7, 8);
    writer.windowScale(9);
    writer.sack(new int[] {-5, 3}, 1);
    assertEquals(96, writer.endOptions(TcpView.SYN | TcpView.ACK, 65535));
    addresses.writeHeader(a, 0, IpProtocol.TCP, 56);
    writer.finish(addresses, 0);

    assertEquals(PacketCheck.VALID, ip.wrap(a, 0, a.length));
    assertTrue(ip.transportChecksumValid());
    assertEquals(PacketCheck.VALID, tcp.wrap(a, 40, ip.transportLength()));
    assertEquals(443, tcp.sourcePort());
    assertEquals(50000, tcp.destinationPort());
    assertEquals(0x89abcdef, tcp.sequence());
    assertEquals(0xfedcba98, tcp.acknowledgment());
    assertEquals(TcpView.SYN | TcpView.ACK, tcp.flags());
    assertEquals(65535, tcp.window());
    assertEquals(1220, tcp.mss());
    assertEquals(9, tcp.windowScale());
    assertTrue(tcp.isSackPermitted());
    assertEquals(7, tcp.timestampValue());
    assertEquals(8, tcp.timestampEcho());
    assertEquals(1, tcp.sackBlocks());
    assertEquals(-5, tcp.sackLeft(0));
    assertEquals(3, tcp.sackRight(0));
    assertEquals(1, tcp.sequenceLength());
  }

  @Test
  void aSynOfTheLinuxKernelIsUnderstood() {
    // MSS 1460, SACK permitted, timestamps, NOP, window scale 7: the order Linux writes them in.
    byte[] a =
        Bytes.fromHex(
                "9c4001bb"
                    + "00000001"
                    + "00000000"
                    + "a002faf0"
                    + "00000000"
                    + "020405b4"
                    + "0402080a0000006f00000000"
                    + "01030307")
            .toArray();
    assertEquals(PacketCheck.VALID, tcp.wrap(a, 0, a.length));
    assertEquals(1460, tcp.mss());
    assertEquals(7, tcp.windowScale());
    assertTrue(tcp.isSackPermitted());
    assertEquals(0x6f, tcp.timestampValue());
    assertEquals(0, tcp.payloadLength());
  }

  @Test
  void anOptionThatRunsOutOfTheHeaderIsMalformed() {
    byte[] a = new byte[24];
    a[12] = 0x60;
    a[20] = 2;
    a[21] = 5;
    assertEquals(PacketCheck.BAD_OPTION, tcp.wrap(a, 0, a.length));
    a[21] = 1;
    assertEquals(PacketCheck.BAD_OPTION, tcp.wrap(a, 0, a.length));
    a[20] = 1;
    a[21] = 1;
    a[22] = 1;
    a[23] = 2;
    assertEquals(PacketCheck.BAD_OPTION, tcp.wrap(a, 0, a.length));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFragmentTellsItsPlace(boolean v4) {
    IpWriter writer =
        v4
            ? new IpWriter(0, 0xffff_6440_0001L, 0, 0xffff_6440_0002L)
            : new IpWriter(A6.high(), A6.low(), B6.high(), B6.low());
    byte[] a = new byte[200];
    int header = writer.writeFragmentHeader(a, 0, IpProtocol.UDP, 16, 77, 1232, true);
    assertEquals(PacketCheck.VALID, ip.wrap(a, 0, header + 16));
    assertTrue(ip.isFragment());
    assertTrue(ip.isLaterFragment());
    assertTrue(ip.hasMoreFragments());
    assertEquals(1232, ip.fragmentByteOffset());
    assertEquals(77, ip.fragmentId());
    assertEquals(IpProtocol.UDP, ip.protocol());
    assertEquals(header, ip.transportOffset());
  }

  @Test
  void fragmentsThatCouldRewriteATransportHeaderAreJunk() {
    IpWriter writer = new IpWriter(A6.high(), A6.low(), B6.high(), B6.low());
    byte[] a = new byte[200];
    int header = writer.writeFragmentHeader(a, 0, IpProtocol.TCP, 16, 1, 72, true);
    assertEquals(PacketCheck.JUNK_FRAGMENT, ip.wrap(a, 0, header + 16));
    header = writer.writeFragmentHeader(a, 0, IpProtocol.TCP, 16, 1, 0, true);
    assertEquals(PacketCheck.JUNK_FRAGMENT, ip.wrap(a, 0, header + 16));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anEchoReplyCarriesTheRequestsIdentityAndData(boolean v4) {
    byte[] data = {9, 8, 7};
    byte[] request = Packets.echoRequest(v4 ? A4 : A6, v4 ? B4 : B6, 0x1234, 0xfffe, data);
    IcmpView icmp = new IcmpView();
    assertEquals(PacketCheck.VALID, ip.wrap(request, 0, request.length));
    assertTrue(ip.transportChecksumValid());
    assertEquals(
        PacketCheck.VALID, icmp.wrap(request, ip.transportOffset(), ip.transportLength(), v4));
    assertTrue(icmp.isEchoRequest());
    byte[] reply = Packets.echoReply(ip, icmp);
    assertEquals(PacketCheck.VALID, ip.wrap(reply, 0, reply.length));
    assertEquals(v4 ? B4 : B6, ip.source());
    assertTrue(ip.transportChecksumValid());
    icmp.wrap(reply, ip.transportOffset(), ip.transportLength(), v4);
    assertTrue(icmp.isEchoReply());
    assertEquals(0x1234, icmp.echoId());
    assertEquals(0xfffe, icmp.echoSequence());
    assertEquals(3, icmp.bodyLength());
    assertEquals(9, reply[icmp.bodyOffset()]);
  }

  @Test
  void aResetAnswersWhatCameButNeverAReset() {
    byte[] syn = Packets.tcp(A4, 5000, B4, 80, TcpView.SYN, 100, 0);
    ip.wrap(syn, 0, syn.length);
    tcp.wrap(syn, ip.transportOffset(), ip.transportLength());
    byte[] reset = Packets.resetFor(ip, tcp);
    ip.wrap(reset, 0, reset.length);
    tcp.wrap(reset, ip.transportOffset(), ip.transportLength());
    assertTrue(ip.transportChecksumValid());
    assertEquals(TcpView.RST | TcpView.ACK, tcp.flags());
    assertEquals(101, tcp.acknowledgment());
    assertEquals(5000, tcp.destinationPort());
    assertEquals(0, Packets.resetFor(ip, tcp).length);
  }

  @Test
  void noBytesMakeAViewThrow() {
    long seed = 791;
    Random random = new Random(seed);
    IcmpView icmp = new IcmpView();
    byte[][] templates = {
      Packets.udp(A4, 1, B4, 2, new byte[40]),
      Packets.udp(A6, 1, B6, 2, new byte[40]),
      Packets.tcp(A4, 1, B4, 2, TcpView.SYN, 1, 1),
      Packets.tcp(A6, 1, B6, 2, TcpView.ACK, 1, 1),
    };
    for (int round = 0; round < 200_000; round++) {
      byte[] a = templates[round % templates.length].clone();
      for (int i = 0; i <= round % 4; i++) {
        a[random.nextInt(a.length)] = (byte) random.nextInt();
      }
      int length = random.nextInt(a.length + 1);
      byte[] exact = Arrays.copyOf(a, length);
      if (ip.wrap(exact, 0, length) != PacketCheck.VALID) {
        continue;
      }
      ip.checksumValid();
      ip.transportChecksumValid();
      ip.source();
      ip.dontFragment();
      int at = ip.transportOffset();
      int size = ip.transportLength();
      if (tcp.wrap(exact, at, size) == PacketCheck.VALID) {
        Packets.resetFor(ip, tcp);
        assertTrue(tcp.payloadLength() >= 0 && tcp.payloadOffset() <= length, "seed " + seed);
      }
      if (udp.wrap(exact, at, size) == PacketCheck.VALID) {
        assertTrue(udp.payloadOffset() + udp.payloadLength() <= length, "seed " + seed);
      }
      if (icmp.wrap(exact, at, size, ip.isV4()) == PacketCheck.VALID) {
        icmp.isError();
        icmp.nextHopMtu();
        Packets.echoReply(ip, icmp);
      }
      Tsmp.parse(exact, at, size);
    }
  }
}
