package dev.weft.fuzz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weft.base.Bytes;
import dev.weft.crypto.Box;
import dev.weft.derp.ClientInfo;
import dev.weft.derp.Frame;
import dev.weft.derp.FrameFault;
import dev.weft.derp.FrameHeader;
import dev.weft.derp.FrameType.Sender;
import dev.weft.derp.ServerInfo;
import dev.weft.keys.NodePrivateKey;
import dev.weft.testkit.SeededEntropy;
import dev.weft.transport.derp.DerpFrameCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.Arrays;

/// A DERP stream from either end.
final class DerpFuzzTest {
  private static final SeededEntropy ENTROPY = new SeededEntropy(1);
  private static final NodePrivateKey KEY = NodePrivateKey.generate(ENTROPY::fill);
  private static final Box BOX = KEY.box(NodePrivateKey.generate(ENTROPY::fill).publicKey());
  private static final byte[] NONCE = new byte[Box.NONCE_BYTES];

  @FuzzTest
  void anyStreamIsFramesOrRejected(byte[] input) {
    Script script = new Script(input);
    int mode = script.u8();
    if (mode >= 0xc0) {
      introduce(script.rest());
      return;
    }
    Sender sender = mode % 2 == 0 ? Sender.CLIENT : Sender.SERVER;
    int cut = script.u8();
    byte[] stream = script.rest();
    parseAll(sender, stream);
    readInPieces(sender, stream, cut + 1);
  }

  /// What stands in the boxes of the introductions, from somebody who holds a key.
  private static void introduce(byte[] json) {
    Bytes nonce = Bytes.of(NONCE);
    Bytes box = Bytes.of(BOX.seal(NONCE, json));
    ClientInfo client =
        ClientInfo.open(new Frame.SealedClientInfo(KEY.publicKey(), nonce, box), BOX);
    if (client != null) {
      assertTrue(client.toString().length() < 4096);
    }
    ServerInfo server = ServerInfo.open(new Frame.SealedServerInfo(nonce, box), BOX);
    if (server != null) {
      Frame.SealedServerInfo again = server.seal(BOX, ENTROPY::fill);
      assertEquals(server, ServerInfo.open(again, BOX));
    }
  }

  /// The stream without a pipeline, and each frame written again.
  private static void parseAll(Sender sender, byte[] stream) {
    int at = 0;
    while (stream.length - at >= FrameHeader.LENGTH) {
      switch (FrameHeader.parse(sender, stream, at)) {
        case FrameHeader.Skip(int length) -> at += FrameHeader.LENGTH + length;
        case FrameHeader header -> {
          int from = at + FrameHeader.LENGTH;
          if (header.length() > stream.length - from) {
            return;
          }
          if (Frame.parse(header, stream, from) instanceof Frame frame) {
            writtenAgain(sender, frame);
          }
          at = from + header.length();
        }
        case FrameFault _ -> {
          return;
        }
      }
    }
  }

  private static void writtenAgain(Sender sender, Frame frame) {
    byte[] once = frame.encode();
    FrameHeader header = (FrameHeader) FrameHeader.parse(sender, once, 0);
    Frame again = (Frame) Frame.parse(header, once, FrameHeader.LENGTH);
    assertEquals(frame, again);
    assertArrayEquals(once, again.encode());
  }

  private static void readInPieces(Sender sender, byte[] stream, int piece) {
    EmbeddedChannel channel = new EmbeddedChannel(new DerpFrameCodec(sender));
    for (int at = 0; at < stream.length && channel.isOpen(); at += piece) {
      byte[] part = Arrays.copyOfRange(stream, at, Math.min(stream.length, at + piece));
      channel.writeInbound(Unpooled.wrappedBuffer(part));
      for (Object message = channel.readInbound(); message != null; ) {
        assertTrue(message instanceof Frame || message instanceof ByteBuf);
        ReferenceCountUtil.release(message);
        message = channel.readInbound();
      }
    }
    channel.finishAndReleaseAll();
  }
}
