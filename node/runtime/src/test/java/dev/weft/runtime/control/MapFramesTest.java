package dev.weft.runtime.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tailcfg.MapResponse;
import dev.weft.testkit.SeededEntropy;
import dev.weft.testkit.SeededTest;
import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MapFramesTest {
  @Test
  void messagesComeOneAfterTheOtherUntilTheEnd() throws IOException {
    MapFrames frames = frames(join(frame("{\"KeepAlive\":true}"), frame("{\"Domain\":\"d\"}")));
    assertTrue(frames.next().orElseThrow().keepAlive());
    assertEquals("d", frames.next().orElseThrow().domain());
    assertEquals(Optional.empty(), frames.next());
  }

  @Test
  void theLengthIsLittleEndianAndBounded() {
    assertThrows(ControlException.class, () -> frames(new byte[] {0, 0, 0, 0}).next());
    assertThrows(ControlException.class, () -> frames(new byte[] {1, 0, (byte) 0x80, 0}).next());
    assertThrows(ControlException.class, () -> frames(new byte[] {-1, -1, -1, -1}).next());
    assertThrows(ControlException.class, () -> frames(new byte[] {1, 0}).next());
  }

  @Test
  void anEndWithinAMessageIsAnError() throws IOException {
    byte[] whole = frame("{\"Domain\":\"d\"}");
    assertThrows(EOFException.class, () -> frames(Arrays.copyOf(whole, whole.length - 1)).next());
  }

  @Test
  void aMessageThatGrowsWithoutBoundIsAnError() {
    byte[] bomb = frame(" ".repeat(MapFrames.MAX_MESSAGE_BYTES) + "{}");
    assertTrue(bomb.length < 100_000, "a small frame: " + bomb.length);
    ControlException e = assertThrows(ControlException.class, () -> frames(bomb).next());
    assertTrue(e.getMessage().contains("more than"), e.getMessage());
  }

  @Test
  void whatIsNoJsonIsAnError() {
    assertThrows(ControlException.class, () -> frames(frame("<html>")).next());
    assertThrows(ControlException.class, () -> frames(frame("null")).next());
  }

  @SeededTest(seeds = 200)
  void aChangedFrameIsReadOrAnErrorAndNothingElse(SeededEntropy entropy) {
    byte[] frame = frame("{\"Node\":{\"ID\":1,\"Name\":\"a.\"},\"Domain\":\"example.com\"}");
    for (int i = entropy.random().nextInt(1, 4); i > 0; i--) {
      frame[entropy.random().nextInt(4, frame.length)] ^= (byte) (1 << entropy.random().nextInt(8));
    }
    try {
      Optional<MapResponse> message = frames(frame).next();
      assertTrue(message.isPresent());
    } catch (IOException e) {
      assertTrue(e.getMessage() == null || e.getMessage().lines().count() >= 1);
    }
  }

  private static MapFrames frames(byte[] bytes) {
    return new MapFrames(new ByteArrayInputStream(bytes));
  }

  private static byte[] frame(String json) {
    byte[] plain = json.getBytes(UTF_8);
    ZstdJavaCompressor zstd = new ZstdJavaCompressor();
    byte[] out = new byte[zstd.maxCompressedLength(plain.length)];
    int length = zstd.compress(plain, 0, plain.length, out, 0, out.length);
    return FakeControl.Stream.frame(Arrays.copyOf(out, length));
  }

  private static byte[] join(byte[]... parts) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.write(part);
    }
    return out.toByteArray();
  }
}
