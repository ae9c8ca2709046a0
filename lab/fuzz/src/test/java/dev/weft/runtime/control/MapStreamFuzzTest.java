package dev.weft.runtime.control;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weft.fuzz.Script;
import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/// A map stream: lengths, zstd frames, and the JSON in them.
final class MapStreamFuzzTest {
  @FuzzTest
  void anyStreamIsMapsOrAFailure(byte[] input) {
    Script script = new Script(input);
    byte[] stream =
        switch (script.u8() % 3) {
          case 0 -> script.rest();
          case 1 -> framed(script.rest());
          default -> framed(compressed(script.rest()));
        };
    try {
      MapFrames frames = new MapFrames(new ByteArrayInputStream(stream));
      MapFold fold = new MapFold();
      for (var message = frames.next(); message.isPresent(); message = frames.next()) {
        fold.fold(message.get(), Instant.ofEpochSecond(1_700_000_000));
      }
    } catch (IOException _) {
      // The one way in which a stream may fail.
    }
    RetryAfter.parse(
        new String(script.rest(), StandardCharsets.ISO_8859_1), Instant.EPOCH, bytes -> {});
  }

  private static byte[] compressed(byte[] plain) {
    ZstdJavaCompressor zstd = new ZstdJavaCompressor();
    byte[] out = new byte[zstd.maxCompressedLength(plain.length)];
    int length = zstd.compress(plain, 0, plain.length, out, 0, out.length);
    return java.util.Arrays.copyOf(out, length);
  }

  private static byte[] framed(byte[] frame) {
    byte[] stream = new byte[4 + frame.length];
    for (int i = 0; i < 4; i++) {
      stream[i] = (byte) (frame.length >>> 8 * i);
    }
    System.arraycopy(frame, 0, stream, 4, frame.length);
    return stream;
  }
}
