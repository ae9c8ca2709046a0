package dev.weft.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weft.base.Endpoint;
import dev.weft.base.Ip;
import dev.weft.base.Segments;
import dev.weft.netstack.CloseReason;
import dev.weft.netstack.Netstack;
import dev.weft.netstack.NetstackConfig;
import dev.weft.netstack.TcpHandler;
import dev.weft.netstack.TcpSocket;
import dev.weft.testkit.SeededEntropy;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The TCP/IP stack under a peer that sends anything: raw packets, segments that fit the connection
/// but for what the input changes, and fragments; with time passing in between.
final class NetstackFuzzTest {
  private static final int MAX_STEPS = 300;
  private static final long MEMORY = 1 << 20;
  private static final Ip OWN = Ip.parse("100.64.0.1");
  private static final Ip OWN6 = Ip.parse("fd7a:115c:a1e0::1");
  private static final int PORT = 80;

  @FuzzTest
  void noPacketHarmsTheStack(byte[] input) {
    Script script = new Script(input);
    Host host = new Host();
    for (int step = 0; step < MAX_STEPS && script.hasMore(); step++) {
      host.step(script);
    }
    host.quiesces();
  }

  private static final class Host implements Netstack.Output {
    // Checksums off: to compute one is no obstacle to a peer, and one to the fuzzer.
    private static final NetstackConfig CONFIG =
        new NetstackConfig(1280, 1 << 18, 1 << 18, MEMORY, 64, 32, 16, false);

    final Netstack stack = new Netstack(CONFIG, new SeededEntropy(7)::fill);
    final byte[] last = new byte[64 << 10];
    int lastLength;
    long now;
    @Nullable TcpSocket socket;

    Host() {
      stack.setAddresses(List.of(OWN, OWN6));
      stack.listen(
          PORT,
          accepted -> {
            socket = accepted;
            accepted.setHandler(new Echo(accepted));
          });
      stack.setUdpForwarder((local, remote, array, offset, length) -> {
        if (!remote.ip().equals(OWN) && !remote.ip().equals(OWN6)) { // or it talks to itself
          stack.sendDatagram(local, remote, ByteBuffer.wrap(array, offset, length));
        }
      });
      stack.setTcpForwarder(request -> {
        if (request.local().port() % 2 == 0) {
          request.reject();
        } else {
          request.accept(new Echo(null));
        }
      });
    }

    void step(Script script) {
      int choice = script.u8();
      switch (choice & 7) {
        case 0 -> receive(script.take(script.u8()));
        case 1, 2 -> receive(tcp(script));
        case 3 -> receive(answer(script));
        case 4 -> receive(fragment(script));
        case 5 -> connect(script);
        case 6 -> {
          now += script.u16() * 1_000_000L;
          stack.handleTimeout(now, this);
        }
        default -> use(script);
      }
      if (choice < 0x80) {
        stack.flush(now, this);
      }
      assertTrue(stack.bufferBytes() <= MEMORY, "more memory than the limit");
      assertTrue(stack.connections() <= 64 + 16, "more connections than the limit");
    }

    void receive(byte[] packet) {
      if (packet.length > 0) {
        stack.handlePackets(now, Segments.single(packet, 0, packet.length), this);
      }
    }

    /// A segment from one of four ports, any flags, numbers near or far.
    byte[] tcp(Script script) {
      byte[] options = script.take(script.u8() & 0x28);
      byte[] body = script.take(script.u8());
      int header = 20 + (options.length + 3 & ~3);
      byte[] packet = ip(script.u8(), header + body.length, 6);
      int at = packet.length - header - body.length;
      put16(packet, at, 1024 + (script.u8() & 3));
      put16(packet, at + 2, PORT + (script.u8() & 3));
      put32(packet, at + 4, script.i32());
      put32(packet, at + 8, script.i32());
      packet[at + 12] = (byte) (header / 4 << 4);
      packet[at + 13] = (byte) script.u8();
      put16(packet, at + 14, script.u16());
      System.arraycopy(options, 0, packet, at + 20, options.length);
      System.arraycopy(body, 0, packet, at + header, body.length);
      return packet;
    }

    /// A segment that answers the last one the stack has sent, shifted by what the input says.
    byte[] answer(Script script) {
      if (lastLength < 40 || last[0] != 0x45 || last[9] != 6) {
        return new byte[0];
      }
      int header = (last[32] >>> 4 & 15) * 4;
      int payload = Math.max(0, lastLength - 20 - header);
      int flags = last[33];
      int next = get32(last, 24) + payload + (flags & 1) + (flags >>> 1 & 1);
      byte[] body = script.take(script.u8());
      byte[] packet = ip(0, 20 + body.length, 6);
      System.arraycopy(last, 12, packet, 16, 4);
      System.arraycopy(last, 16, packet, 12, 4);
      System.arraycopy(last, 20, packet, 22, 2);
      System.arraycopy(last, 22, packet, 20, 2);
      put32(packet, 24, get32(last, 28) + (byte) script.u8());
      put32(packet, 28, next + (byte) script.u8());
      packet[32] = 0x50;
      packet[33] = (byte) (script.u8() ^ 0x10);
      put16(packet, 34, script.u16());
      System.arraycopy(body, 0, packet, 40, body.length);
      return packet;
    }

    byte[] fragment(Script script) {
      byte[] body = script.take(script.u8());
      int protocol = new int[] {1, 6, 17, 58}[script.u8() & 3];
      byte[] packet = ip(0, body.length, protocol);
      put16(packet, 4, script.u8() & 3);
      put16(packet, 6, script.u16());
      System.arraycopy(body, 0, packet, 20, body.length);
      return packet;
    }

    void connect(Script script) {
      TcpSocket opened =
          stack.connect(
              now, new Endpoint(Ip.v4(0x6440_0002), 1024 + (script.u8() & 3)), new Echo(null));
      socket = opened == null ? socket : opened;
    }

    void use(Script script) {
      TcpSocket held = socket;
      if (held == null) {
        return;
      }
      switch (script.u8() % 5) {
        case 0 -> held.write(ByteBuffer.allocate(script.u16()));
        case 1 -> held.read(ByteBuffer.allocate(script.u16()));
        case 2 -> held.shutdownOutput();
        case 3 -> held.close();
        default -> held.setKeepAlive(1 + script.u16() * 1_000_000L, 1 + script.u16() * 1_000L);
      }
    }

    /// Without a peer all comes to an end: no timer that fires for ever at one moment.
    void quiesces() {
      for (int i = 0; i < 64; i++) {
        now += 1_000_000L << Math.min(i, 26);
        for (int pass = 0; stack.nextTimeout() <= now; pass++) {
          assertTrue(pass < 10_000, "the stack is never done");
          stack.handleTimeout(now, this);
          stack.flush(now, this);
        }
      }
    }

    private static byte[] ip(int from, int length, int protocol) {
      byte[] packet = new byte[20 + length];
      packet[0] = 0x45;
      put16(packet, 2, packet.length);
      packet[8] = 64;
      packet[9] = (byte) protocol;
      put32(packet, 12, 0x6440_0002 + (from & 1));
      put32(packet, 16, 0x6440_0001);
      int sum = 0;
      for (int i = 0; i < 20; i += 2) {
        sum += (packet[i] & 0xff) << 8 | packet[i + 1] & 0xff;
      }
      sum = (sum & 0xffff) + (sum >>> 16);
      put16(packet, 10, ~((sum & 0xffff) + (sum >>> 16)));
      return packet;
    }

    @Override
    public void transmit(Segments packets) {
      int i = packets.count() - 1;
      if (i >= 0) {
        int from = packets.offset(i);
        lastLength = Math.min(last.length, packets.length(i));
        System.arraycopy(packets.array(), from, last, 0, lastLength);
        Arrays.fill(last, lastLength, Math.min(last.length, lastLength + 64), (byte) 0);
      }
    }

    private static void put16(byte[] b, int at, int value) {
      b[at] = (byte) (value >>> 8);
      b[at + 1] = (byte) value;
    }

    private static void put32(byte[] b, int at, int value) {
      put16(b, at, value >>> 16);
      put16(b, at + 2, value);
    }

    private static int get32(byte[] b, int at) {
      return (b[at] & 0xff) << 24
          | (b[at + 1] & 0xff) << 16
          | (b[at + 2] & 0xff) << 8
          | b[at + 3] & 0xff;
    }
  }

  /// Reads what comes and says it again.
  private record Echo(@Nullable TcpSocket socket) implements TcpHandler {
    @Override
    public void onConnected() {}

    @Override
    public void onReadable() {
      if (socket == null) {
        return;
      }
      ByteBuffer read = ByteBuffer.allocate(4096);
      while (socket.read(read) > 0) {
        socket.write(read.flip());
        read.clear();
      }
      if (socket.isInputEnded()) {
        socket.close();
      }
    }

    @Override
    public void onWritable() {}

    @Override
    public void onClosed(CloseReason reason) {}
  }
}
