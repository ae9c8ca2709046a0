package dev.weft.runtime.localapi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.base.Segments;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import org.junit.jupiter.api.Test;

final class CaptureStreamTest {
  @Test
  void theFileIsOneOfLinkTypeUser0WithTheWayOfEachPacket() {
    EmbeddedChannel channel = new EmbeddedChannel();
    CaptureStream capture = new CaptureStream(channel);
    capture.begin();
    assertEquals(
        "d4c3b2a1" + "0200" + "0400" + "00000000" + "00000000" + "ffff0000" + "93000000",
        written(channel));
    for (PacketSink.Way way : PacketSink.Way.values()) {
      capture.on(way, Segments.single(new byte[] {9, 0x45, 0x00}, 1, 2));
      String record = written(channel).substring(16); // behind the time
      String code =
          switch (way) {
            case FROM_LOCAL -> "0000";
            case FROM_PEER -> "0100";
            case DISCO -> "fe00";
          };
      assertEquals("06000000" + "06000000" + code + "0000" + "4500", record);
    }
    channel.finishAndReleaseAll();
  }

  private static String written(EmbeddedChannel channel) {
    HttpContent content = channel.readOutbound();
    try {
      return ByteBufUtil.hexDump(content.content());
    } finally {
      content.release();
    }
  }
}
