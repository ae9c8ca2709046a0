package dev.weft.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FrameCutterTest {
  private static final byte[] STREAM = "\3\0\0\0one\1\0\0\0A\5\0\0\0three".getBytes(US_ASCII);

  private final List<String> frames = new ArrayList<>();
  private final FrameCutter cutter = new FrameCutter(f -> frames.add(new String(f, US_ASCII)));

  @Test
  void messagesComeWholeHoweverTheirBytesArrive() throws IOException {
    for (int size = 1; size <= STREAM.length; size++) {
      frames.clear();
      for (int at = 0; at < STREAM.length; at += size) {
        cutter.read(Unpooled.wrappedBuffer(STREAM, at, Math.min(size, STREAM.length - at)));
      }
      assertEquals(List.of("one", "A", "three"), frames, "in pieces of " + size);
    }
  }

  @Test
  void aLengthThatNoMessageHasEndsTheStream() {
    byte[] huge = {-1, -1, -1, 127};
    assertThrows(IOException.class, () -> cutter.read(Unpooled.wrappedBuffer(huge)));
  }
}
