package dev.weft.transport.derp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Bytes;
import dev.weft.base.Entropy;
import dev.weft.derp.Frame;
import dev.weft.derp.FrameType;
import dev.weft.derp.FrameType.Sender;
import dev.weft.keys.NodeKey;
import dev.weft.testkit.SeededEntropy;
import dev.weft.testkit.SeededTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DerpFrameCodecTest {
  private static final NodeKey KEY = new NodeKey(Bytes.fromHex("11".repeat(32)));

  private final List<Object> events = new ArrayList<>();
  private final EmbeddedChannel channel = channel(Sender.CLIENT);

  @Test
  void aPacketComesOutAsTheWholeFrame() {
    byte[] frame = new Frame.SendPacket(KEY, Bytes.of((byte) 1, (byte) 2)).encode();

    channel.writeInbound(Unpooled.wrappedBuffer(frame));

    ByteBuf packet = assertInstanceOf(ByteBuf.class, channel.readInbound());
    assertEquals(Unpooled.wrappedBuffer(frame), packet);
    packet.release();
  }

  @Test
  void overwritingOnePacketLeavesTheNextAlone() {
    byte[] frame = new Frame.SendPacket(KEY, Bytes.of((byte) 1, (byte) 2)).encode();
    channel.writeInbound(Unpooled.copiedBuffer(frame, frame));
    ByteBuf first = channel.readInbound();
    ByteBuf second = channel.readInbound();

    first.setZero(0, first.readableBytes());

    assertEquals(Unpooled.wrappedBuffer(frame), second);
    first.release();
    second.release();
  }

  @Test
  void otherFramesComeOutUnderstood() {
    channel.writeInbound(Unpooled.wrappedBuffer(new Frame.NotePreferred(true).encode()));

    assertEquals(new Frame.NotePreferred(true), channel.readInbound());
  }

  @SeededTest
  void framesComeOutWhereverTheStreamIsCut(SeededEntropy seeded) {
    Entropy entropy = seeded::fill;
    List<Frame> frames = new ArrayList<>();
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    for (int i = 0; i < 40; i++) {
      Frame frame = randomFrame(entropy);
      frames.add(frame);
      stream.writeBytes(frame.encode());
      if (entropy.below(3) == 0) {
        // A frame of the future, to be passed over.
        int length = entropy.below(3000);
        stream.writeBytes(new byte[] {0x7e, 0, 0, (byte) (length >> 8), (byte) length});
        stream.writeBytes(new byte[length]);
      }
    }

    byte[] bytes = stream.toByteArray();
    for (int at = 0; at < bytes.length; ) {
      int n = Math.min(bytes.length - at, 1 + entropy.below(2000));
      channel.writeInbound(Unpooled.copiedBuffer(bytes, at, n));
      at += n;
    }

    for (Frame frame : frames) {
      Object read = channel.readInbound();
      if (frame instanceof Frame.SendPacket) {
        assertEquals(Bytes.of(frame.encode()), Bytes.of(ByteBufUtil.getBytes((ByteBuf) read)));
        ((ByteBuf) read).release();
      } else {
        assertEquals(frame, read);
      }
    }
    assertNull(channel.readInbound());
  }

  @Test
  void aLengthBeyondReasonEndsTheChannelAndNothingIsKept() {
    ByteBuf bytes =
        Unpooled.buffer().writeBytes(new byte[] {4, 0x7f, -1, -1, -1}).writeZero(100_000);

    channel.writeInbound(bytes);

    assertFalse(channel.isOpen());
    assertEquals(1, events.size());
    assertInstanceOf(DerpEvent.Rejected.class, events.get(0));
    assertNull(channel.readInbound());
    assertEquals(0, bytes.refCnt());
  }

  @Test
  void whatIsSkippedIsNotKept() {
    channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {0x7e, 0, 0x10, 0, 0}));
    for (int i = 0; i < 1024; i++) {
      ByteBuf part = Unpooled.wrappedBuffer(new byte[1024]);
      channel.writeInbound(part);
      assertEquals(0, part.refCnt());
    }
    channel.writeInbound(Unpooled.wrappedBuffer(new Frame.NotePreferred(true).encode()));

    assertEquals(new Frame.NotePreferred(true), channel.readInbound());
  }

  @Test
  void framesOfTheOtherSideArePassedOver() {
    channel.writeInbound(
        Unpooled.copiedBuffer(
            new Frame.RecvPacket(KEY, Bytes.EMPTY).encode(), new Frame.Ping(1).encode()));

    assertEquals(new Frame.Ping(1), channel.readInbound());
  }

  @Test
  void framesAndBuffersMayBothBeWritten() {
    ByteBuf packet = Unpooled.wrappedBuffer(new Frame.RecvPacket(KEY, Bytes.EMPTY).encode());

    assertTrue(channel.writeOutbound(packet, new Frame.KeepAlive()));

    assertEquals(packet, channel.readOutbound());
    assertEquals(Unpooled.wrappedBuffer(new byte[] {6, 0, 0, 0, 0}), channel.readOutbound());
  }

  @SeededTest
  void noStreamThrows(SeededEntropy seeded) {
    Entropy entropy = seeded::fill;
    for (int i = 0; i < 500; i++) {
      EmbeddedChannel fuzzed = channel(entropy.below(2) == 0 ? Sender.CLIENT : Sender.SERVER);
      byte[] bytes = entropy.bytes(entropy.below(400));
      if (bytes.length > 5) {
        bytes[0] = (byte) entropy.below(FrameType.values().length + 2);
        bytes[1] = 0;
        bytes[2] = 0;
        bytes[3] = 0;
      }
      fuzzed.writeInbound(Unpooled.wrappedBuffer(bytes));
      fuzzed.finishAndReleaseAll();
    }
  }

  private static Frame randomFrame(Entropy entropy) {
    return switch (entropy.below(4)) {
      case 0 -> new Frame.Ping(entropy.nextLong());
      case 1 -> new Frame.NotePreferred(entropy.below(2) == 0);
      case 2 -> new Frame.WatchConns();
      default -> new Frame.SendPacket(KEY, Bytes.of(entropy.bytes(entropy.below(3000))));
    };
  }

  private EmbeddedChannel channel(Sender peer) {
    return new EmbeddedChannel(
        new DerpFrameCodec(peer),
        new ChannelInboundHandlerAdapter() {
          @Override
          public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            events.add(event);
          }
        });
  }
}
