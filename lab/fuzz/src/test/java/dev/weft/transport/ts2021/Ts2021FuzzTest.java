package dev.weft.transport.ts2021;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weft.fuzz.Script;
import dev.weft.keys.MachinePrivateKey;
import dev.weft.testkit.SeededEntropy;
import dev.weft.ts2021.ClientHandshake;
import dev.weft.ts2021.HandshakeOutcome;
import dev.weft.ts2021.SecureChannel;
import dev.weft.ts2021.ServerHandshake;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Base64;

/// The control protocol's transport: upgrade, handshake, records and early payload, from a stranger
/// and from the holder of a key.
final class Ts2021FuzzTest {
  private static final MachinePrivateKey SERVER =
      MachinePrivateKey.generate(new SeededEntropy(1)::fill);
  private static final MachinePrivateKey CLIENT =
      MachinePrivateKey.generate(new SeededEntropy(2)::fill);
  private static final int MAX_STREAM = 64 << 10;

  @FuzzTest
  void noStreamHarmsEitherEnd(byte[] input) {
    Script script = new Script(input);
    switch (script.u8() % 6) {
      case 0 -> serverReads(script.rest());
      case 1 -> serverReads(upgrade(initiation(script.rest())));
      case 2 -> clientReads(script.rest());
      case 3 -> clientReads(answer(script));
      case 4 -> recordsInPieces(script);
      default -> changedRecord(script);
    }
  }

  private static void serverReads(byte[] stream) {
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new HttpServerCodec(),
            new Ts2021ServerHandler(SERVER, new SeededEntropy(3)::fill, (_, _) -> {}));
    feed(channel, stream, 1 + stream.length / 3);
  }

  private static void clientReads(byte[] stream) {
    Promise<Channel> done = ImmediateEventExecutor.INSTANCE.newPromise();
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new HttpClientCodec(),
            new Ts2021ClientHandler(handshake(), "control.test", _ -> {}, done));
    feed(channel, stream, 1 + stream.length / 3);
    done.cancel(false);
  }

  private static ClientHandshake handshake() {
    return ClientHandshake.begin(131, CLIENT, SERVER.publicKey(), new SeededEntropy(4)::fill);
  }

  private static byte[] upgrade(byte[] initiation) {
    String head =
        "POST /ts2021 HTTP/1.1\r\nHost: c\r\nUpgrade: tailscale-control-protocol\r\nConnection: upgrade\r\nX-Tailscale-Handshake: "
            + Base64.getEncoder().encodeToString(initiation)
            + "\r\n\r\n";
    return head.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  }

  /// An authentic initiation, changed where the input says.
  private static byte[] initiation(byte[] changes) {
    byte[] initiation = handshake().initiation();
    for (int i = 0; i + 1 < changes.length; i += 2) {
      initiation[(changes[i] & 0xff) % initiation.length] ^= changes[i + 1];
    }
    return initiation;
  }

  /// What a server that holds its key answers, with anything at all behind the handshake.
  private static byte[] answer(Script script) {
    ServerHandshake server = accepted(handshake());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: tailscale-control-protocol\r\nConnection: upgrade\r\n\r\n"
            .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    out.writeBytes(server.response());
    while (script.hasMore() && out.size() < MAX_STREAM) {
      byte[] plain = script.take(script.u8());
      byte[] record = new byte[SecureChannel.recordLength(plain.length)];
      server.channel().seal(plain, 0, plain.length, record, 0);
      out.writeBytes(record);
    }
    return out.toByteArray();
  }

  private static ServerHandshake accepted(ClientHandshake client) {
    ServerHandshake server =
        ServerHandshake.accept(SERVER, client.initiation(), new SeededEntropy(5)::fill);
    if (server == null) {
      throw new AssertionError("an authentic initiation is refused");
    }
    return server;
  }

  /// Authentic records arrive as they were sent, however the stream is cut.
  private static void recordsInPieces(Script script) {
    ClientHandshake client = handshake();
    ServerHandshake server = accepted(client);
    SecureChannel ours = established(client, server);
    int piece = 1 + script.u16();
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    while (script.hasMore() && stream.size() < MAX_STREAM) {
      byte[] part = script.take(script.u16() % (SecureChannel.MAX_PLAINTEXT_BYTES + 1));
      byte[] record = new byte[SecureChannel.recordLength(part.length)];
      ours.seal(part, 0, part.length, record, 0);
      plain.writeBytes(part);
      stream.writeBytes(record);
    }
    EmbeddedChannel channel = new EmbeddedChannel(new RecordDecoder(server.channel()));
    assertArrayEquals(plain.toByteArray(), feed(channel, stream.toByteArray(), piece));
  }

  private static SecureChannel established(ClientHandshake client, ServerHandshake server) {
    return switch (client.handleResponse(server.response())) {
      case HandshakeOutcome.Established(SecureChannel channel) -> channel;
      case HandshakeOutcome.Refused(String text) -> throw new AssertionError(text);
      case HandshakeOutcome.Failed(var fault) -> throw new AssertionError(fault);
    };
  }

  /// One record, a bit of it changed: nothing of it comes out.
  private static void changedRecord(Script script) {
    ClientHandshake client = handshake();
    ServerHandshake server = accepted(client);
    SecureChannel ours = established(client, server);
    int at = script.u16();
    int change = 1 + script.u8() % 255;
    byte[] plain = script.take(SecureChannel.MAX_PLAINTEXT_BYTES);
    byte[] record = new byte[SecureChannel.recordLength(plain.length)];
    ours.seal(plain, 0, plain.length, record, 0);
    record[at % record.length] ^= (byte) change;
    EmbeddedChannel channel = new EmbeddedChannel(new RecordDecoder(server.channel()));
    assertTrue(feed(channel, record, record.length).length == 0, "a changed record was opened");
  }

  /// Returns what came out at the end of the pipeline.
  private static byte[] feed(EmbeddedChannel channel, byte[] stream, int piece) {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    for (int at = 0; at < stream.length && channel.isOpen(); at += piece) {
      channel.writeInbound(
          Unpooled.wrappedBuffer(
              Arrays.copyOfRange(stream, at, Math.min(stream.length, at + piece))));
      for (Object message = channel.readInbound(); message != null; ) {
        if (message instanceof ByteBuf bytes) {
          read.writeBytes(ByteBufUtil.getBytes(bytes));
        }
        ReferenceCountUtil.release(message);
        message = channel.readInbound();
      }
    }
    channel.finishAndReleaseAll();
    return read.toByteArray();
  }
}
