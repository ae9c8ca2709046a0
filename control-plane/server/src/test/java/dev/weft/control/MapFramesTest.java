package dev.weft.control;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class MapFramesTest {
  private final MapFrames frames = new MapFrames();

  @Test
  void theLengthIsLittleEndian() {
    assertEquals(
        "12000000" + HexFormat.of().formatHex("{\"KeepAlive\":true}".getBytes(US_ASCII)),
        HexFormat.of().formatHex(frames.keepAlive("")));
  }

  @Test
  void aCompressedFrameIsOneZstdFrame() {
    byte[] json = "{\"x\":1}".repeat(100).getBytes(US_ASCII);
    byte[] frame = frames.frame("zstd", json);
    assertEquals(frame.length - 4, frame[0] & 0xff | (frame[1] & 0xff) << 8);
    byte[] out = new byte[json.length];
    int length =
        new ZstdJavaDecompressor().decompress(frame, 4, frame.length - 4, out, 0, out.length);
    assertEquals(json.length, length);
    assertArrayEquals(json, out);
  }

  @Test
  void theSameMessageToManyIsCompressedOnce() {
    byte[] json = "{\"x\":1}".getBytes(US_ASCII);
    assertSame(frames.frame("zstd", json), frames.frame("zstd", Arrays.copyOf(json, json.length)));
  }
}
