package dev.weft.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weft.packet.IcmpView;
import dev.weft.packet.IpProtocol;
import dev.weft.packet.IpView;
import dev.weft.packet.PacketCheck;
import dev.weft.packet.Packets;
import dev.weft.packet.TcpView;
import dev.weft.packet.Tsmp;
import dev.weft.packet.UdpView;

/// The views over IP packets: once one is valid, no accessor throws or reads outside.
final class PacketFuzzTest {
  @FuzzTest
  void aValidViewReadsOnlyItsPacket(byte[] input) {
    // In the middle of a larger array, so that reading outside is not an exception of the array's.
    byte[] array = new byte[input.length + 32];
    System.arraycopy(input, 0, array, 16, input.length);
    IpView ip = new IpView();
    if (ip.wrap(array, 16, input.length) != PacketCheck.VALID) {
      return;
    }
    assertTrue(ip.transportOffset() >= 16);
    assertTrue(ip.transportOffset() + ip.transportLength() <= 16 + input.length);
    ip.checksumValid();
    if (ip.isFragment()) {
      assertTrue(ip.fragmentByteOffset() >= 0);
      ip.fragmentId();
      ip.hasMoreFragments();
      return;
    }
    switch (ip.protocol()) {
      case IpProtocol.TCP -> tcp(ip);
      case IpProtocol.UDP -> udp(ip);
      case IpProtocol.ICMP_V4, IpProtocol.ICMP_V6 -> icmp(ip);
      case IpProtocol.TSMP -> tsmp(ip);
      default -> {}
    }
  }

  private static void tcp(IpView ip) {
    ip.transportChecksumValid();
    TcpView tcp = new TcpView();
    if (tcp.wrap(ip.array(), ip.transportOffset(), ip.transportLength()) == PacketCheck.VALID) {
      int end = ip.transportOffset() + ip.transportLength();
      assertTrue(tcp.payloadOffset() + tcp.payloadLength() <= end);
      for (int i = 0; i < tcp.sackBlocks(); i++) {
        tcp.sackLeft(i);
        tcp.sackRight(i);
      }
      byte[] reset = Packets.resetFor(ip, tcp);
      assertTrue(reset.length <= 60);
    }
  }

  private static void udp(IpView ip) {
    ip.transportChecksumValid();
    UdpView udp = new UdpView();
    if (udp.wrap(ip.array(), ip.transportOffset(), ip.transportLength()) == PacketCheck.VALID) {
      int end = ip.transportOffset() + ip.transportLength();
      assertTrue(udp.payloadOffset() + udp.payloadLength() <= end);
    }
  }

  private static void icmp(IpView ip) {
    ip.transportChecksumValid();
    IcmpView icmp = new IcmpView();
    if (icmp.wrap(ip.array(), ip.transportOffset(), ip.transportLength(), ip.isV4())
        == PacketCheck.VALID) {
      int end = ip.transportOffset() + ip.transportLength();
      assertTrue(icmp.bodyOffset() + icmp.bodyLength() <= end);
      if (icmp.isEchoRequest()) {
        byte[] reply = Packets.echoReply(ip, icmp);
        assertTrue(reply.length <= ip.array().length + 40);
      }
    }
  }

  private static void tsmp(IpView ip) {
    Tsmp message = Tsmp.parse(ip.array(), ip.transportOffset(), ip.transportLength());
    if (message != null) {
      byte[] once = message.encode();
      assertEquals(message, Tsmp.parse(once, 0, once.length));
    }
  }
}
