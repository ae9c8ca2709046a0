package dev.weft.netstack;

import static dev.weft.netstack.Pair.SECOND;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.packet.IpProtocol;
import dev.weft.packet.IpView;
import dev.weft.packet.IpWriter;
import dev.weft.packet.Packets;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// UDP, fragments and echo.
final class DatagramTest {
  private final List<byte[]> received = new ArrayList<>();
  private final List<Endpoint> senders = new ArrayList<>();
  private final Pair pair = new Pair(768);

  private void take(Endpoint local, Endpoint remote, byte[] a, int offset, int length) {
    received.add(Arrays.copyOfRange(a, offset, offset + length));
    senders.add(remote);
  }

  @ParameterizedTest
  @CsvSource({"true, 0", "true, 1252", "true, 1253", "true, 65000", "false, 1232", "false, 9001"})
  void aDatagramOfAnyLengthArrives(boolean v4, int length) {
    pair.b.bind(null, 53, this::take);
    UdpSocket socket = pair.a.bind(null, 0, (l, r, a, o, n) -> {});
    byte[] payload = TransferTest.bytes(length, length);
    assertTrue(socket.send(new Endpoint(v4 ? Pair.B4 : Pair.B6, 53), ByteBuffer.wrap(payload)));
    pair.runFor(SECOND);
    assertArrayEquals(payload, received.getFirst());
    assertEquals(new Endpoint(v4 ? Pair.A4 : Pair.A6, socket.port()), senders.getFirst());
  }

  @Test
  void fragmentsArriveInAnyOrder() {
    pair.faults = new Pair.Faults(0, 0.9, 0, 0, 1, 0);
    pair.b.bind(null, 53, this::take);
    UdpSocket socket = pair.a.bind(null, 0, (l, r, a, o, n) -> {});
    for (int i = 0; i < 20; i++) {
      byte[] payload = TransferTest.bytes(i, 8000);
      socket.send(new Endpoint(Pair.B4, 53), ByteBuffer.wrap(payload));
    }
    pair.runFor(SECOND);
    assertEquals(20, received.size());
    for (int i = 0; i < 20; i++) {
      byte[] payload = TransferTest.bytes(i, 8000);
      assertTrue(received.stream().anyMatch(r -> Arrays.equals(r, payload)));
    }
  }

  @Test
  void aPortIsBoundOnceByAddress() {
    assertNotNull(pair.a.bind(null, 53, this::take));
    assertNull(pair.a.bind(null, 53, this::take));
    UdpSocket exact = pair.a.bind(Pair.A4, 53, this::take);
    assertNotNull(exact);
    exact.close();
    assertNotNull(pair.a.bind(Pair.A4, 53, this::take));
  }

  @Test
  void whatCannotBeSentIsRefused() {
    UdpSocket socket = pair.a.bind(Pair.A4, 0, this::take);
    Endpoint v6 = new Endpoint(Pair.B6, 53);
    assertFalse(socket.send(v6, ByteBuffer.allocate(1)));
    assertFalse(socket.send(new Endpoint(Pair.B4, 53), ByteBuffer.allocate(65_508)));
  }

  @Test
  void theForwarderAnswersFromAnyAddress() {
    Ip foreign = Ip.parse("192.168.1.1");
    pair.b.setTcpForwarder(TcpRequest::reject);
    pair.b.setUdpForwarder((local, remote, a, o, n) -> {
      assertEquals(new Endpoint(foreign, 53), local);
      pair.b.sendDatagram(local, remote, ByteBuffer.wrap(new byte[] {7}));
    });
    UdpSocket socket = pair.a.bind(null, 0, this::take);
    socket.send(new Endpoint(foreign, 53), ByteBuffer.allocate(3));
    pair.runFor(SECOND);
    assertArrayEquals(new byte[] {7}, received.getFirst());
    assertEquals(new Endpoint(foreign, 53), senders.getFirst());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDatagramThatNobodyTakesIsRefused(boolean v4) {
    List<Endpoint> refused = new ArrayList<>();
    UdpSocket socket = pair.a.bind(null, 5000, refusals(refused));
    Endpoint nobody = new Endpoint(v4 ? Pair.B4 : Pair.B6, 53);
    socket.send(nobody, ByteBuffer.allocate(900));
    pair.runFor(SECOND);
    assertEquals(List.of(nobody), refused);
    assertEquals(1, pair.b.drops(Drop.NO_SOCKET));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theForwarderMayRefuseWhatItTook(boolean v4) {
    List<Endpoint> refused = new ArrayList<>();
    pair.a.bind(null, 5000, refusals(refused));
    Endpoint here = new Endpoint(v4 ? Pair.B4 : Pair.B6, 53);
    Endpoint there = new Endpoint(v4 ? Pair.A4 : Pair.A6, 5000);
    List<byte[]> sent = new ArrayList<>();
    pair.b.refuseDatagram(
        pair.now, here, there, s -> sent.add(Arrays.copyOf(s.array(), s.length())));
    pair.inject(pair.a, sent.getFirst());
    pair.runFor(SECOND);
    assertEquals(List.of(here), refused);
  }

  @Test
  void refusalsAreFew() {
    List<Endpoint> refused = new ArrayList<>();
    UdpSocket socket = pair.a.bind(null, 5000, refusals(refused));
    for (int i = 0; i < 1000; i++) {
      socket.send(new Endpoint(Pair.B4, 53), ByteBuffer.allocate(9));
    }
    pair.runFor(SECOND);
    assertEquals(50, refused.size());
    socket.send(new Endpoint(Pair.B4, 53), ByteBuffer.allocate(9));
    pair.runFor(SECOND);
    assertEquals(51, refused.size(), "a second later");
  }

  @Test
  void aRefusalOfWhatWeDidNotSendIsNotBelieved() {
    List<Endpoint> refused = new ArrayList<>();
    pair.a.bind(null, 5000, refusals(refused));
    byte[] other = Packets.udp(Ip.parse("100.64.0.9"), 5000, Pair.B4, 53, new byte[0]);
    byte[] packet = new byte[28 + other.length];
    System.arraycopy(other, 0, packet, 28, other.length);
    IpWriter writer =
        new IpWriter(
            Route.high(Pair.B4), Route.low(Pair.B4), Route.high(Pair.A4), Route.low(Pair.A4));
    writer.writeHeader(packet, 0, IpProtocol.ICMP_V4, packet.length - 20);
    writer.writeIcmp(packet, 20, 3, 3, 0, other.length);
    pair.inject(pair.a, packet);
    pair.runFor(SECOND);
    assertEquals(List.of(), refused);
    assertEquals(1, pair.a.drops(Drop.USELESS));
  }

  private static UdpHandler refusals(List<Endpoint> refused) {
    return new UdpHandler() {
      @Override
      public void onDatagram(Endpoint local, Endpoint remote, byte[] a, int offset, int length) {}

      @Override
      public void onUnreachable(Endpoint local, Endpoint remote) {
        refused.add(remote);
      }
    };
  }

  @Test
  void anEchoIsAnsweredForOwnAddressesOnly() {
    List<byte[]> seen = new ArrayList<>();
    pair.tap = seen::add;
    pair.inject(pair.b, Packets.echoRequest(Pair.A4, Pair.B4, 1, 2, new byte[56]));
    pair.inject(pair.b, Packets.echoRequest(Pair.A6, Pair.B6, 1, 2, new byte[56]));
    pair.inject(pair.b, Packets.echoRequest(Pair.A4, Ip.parse("8.8.8.8"), 1, 2, new byte[56]));
    pair.runFor(SECOND);
    assertEquals(2, seen.size());
    assertEquals(1, pair.b.drops(Drop.FOREIGN_DESTINATION));
  }

  @Test
  void overlappingFragmentsDiscardThePacket() {
    Drops drops = new Drops();
    Reassembler reassembler = new Reassembler(drops);
    assertNull(reassembler.add(fragment(1, 0, 800, true), 0));
    assertNull(reassembler.add(fragment(1, 400, 800, true), 0));
    assertEquals(1, drops.of(Drop.FRAGMENT));
    assertNull(reassembler.add(fragment(1, 800, 100, false), 0));
  }

  @Test
  void incompletePacketsAreFewAndShortLived() {
    Drops drops = new Drops();
    Reassembler reassembler = new Reassembler(drops);
    for (int id = 0; id < 200; id++) {
      assertNull(reassembler.add(fragment(id, 0, 800, true), 0));
    }
    assertEquals(200 - Reassembler.MAX_INCOMPLETE, drops.of(Drop.FRAGMENT));
    assertNotNull(reassembler.add(fragment(199, 800, 8, false), 1));
    assertNull(reassembler.add(fragment(198, 800, 8, false), 2 * Reassembler.LIFE));
  }

  @Test
  void noFragmentsMakeTheReassemblerThrow() {
    long seed = 8200;
    Random random = new Random(seed);
    Reassembler reassembler = new Reassembler(new Drops());
    for (int i = 0; i < 100_000; i++) {
      int from = Math.max(80, random.nextInt(8192) * 8);
      IpView ip = fragment(random.nextInt(8), from, random.nextInt(1300), random.nextBoolean());
      byte[] whole = reassembler.add(ip, i);
      assertTrue(whole == null || whole.length <= 65_575, "seed " + seed);
    }
  }

  private static IpView fragment(int id, int from, int length, boolean more) {
    IpWriter writer =
        new IpWriter(
            Route.high(Pair.A6), Route.low(Pair.A6), Route.high(Pair.B6), Route.low(Pair.B6));
    byte[] a = new byte[48 + length];
    writer.writeFragmentHeader(a, 0, IpProtocol.UDP, length, id, from, more);
    IpView ip = new IpView();
    ip.wrap(a, 0, a.length);
    return ip;
  }
}
