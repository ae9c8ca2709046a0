package dev.weft.transport.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import org.junit.jupiter.api.Test;

final class WebSocketBytesTest {
  private final EmbeddedChannel channel = new EmbeddedChannel(new WebSocketBytes());

  @Test
  void binaryMessagesAreTheStream() {
    channel.writeInbound(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[] {1, 2})));
    ByteBuf bytes = channel.readInbound();
    assertEquals(2, bytes.readableBytes());
    bytes.release();
  }

  @Test
  void aPingIsAnsweredOnlyWhileTheClientReads() {
    channel.writeInbound(new PingWebSocketFrame(Unpooled.buffer(4).writeInt(7)));
    PongWebSocketFrame pong = assertInstanceOf(PongWebSocketFrame.class, channel.readOutbound());
    assertEquals(7, pong.content().readInt());
    pong.release();

    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
    PingWebSocketFrame unanswered = new PingWebSocketFrame(Unpooled.buffer(4).writeInt(8));
    channel.writeInbound(unanswered);
    assertNull(channel.readOutbound());
    assertEquals(0, unanswered.refCnt());
  }
}
