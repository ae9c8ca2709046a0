package dev.weft.control;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.weft.base.Bytes;
import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// The framing of map streams: a little-endian length, and JSON, compressed or not
/// (`docs/protocol/control.md` §5.2).
final class MapFrames {
  /// Clients keep the compressed form of exactly these bytes.
  private static final byte[] KEEP_ALIVE_JSON = "{\"KeepAlive\":true}".getBytes(US_ASCII);

  private static final int LENGTH_BYTES = 4;
  private static final String ZSTD = "zstd";

  /// A change is the same message to most streams: the last few are compressed once for all of
  /// them.
  private static final int SHARED_FRAMES = 32;

  private static final int MAX_SHARED_BYTES = 16 * 1024;

  private final Map<Bytes, byte[]> shared =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Bytes, byte[]> eldest) {
          return size() > SHARED_FRAMES;
        }
      };

  /// @param compress what the map request asks for
  byte[] keepAlive(String compress) {
    return frame(compress, KEEP_ALIVE_JSON);
  }

  /// @param compress what the map request asks for
  /// @return a frame that the caller must not change
  byte[] frame(String compress, byte[] json) {
    if (!compress.equals(ZSTD)) {
      byte[] frame = new byte[LENGTH_BYTES + json.length];
      System.arraycopy(json, 0, frame, LENGTH_BYTES, json.length);
      return withLength(frame);
    }
    if (json.length > MAX_SHARED_BYTES) {
      return compress(json);
    }
    Bytes key = Bytes.of(json);
    synchronized (shared) {
      byte[] frame = shared.get(key);
      if (frame == null) {
        frame = compress(json);
        shared.put(key, frame);
      }
      return frame;
    }
  }

  private static byte[] compress(byte[] json) {
    ZstdJavaCompressor zstd = new ZstdJavaCompressor();
    byte[] room = new byte[LENGTH_BYTES + zstd.maxCompressedLength(json.length)];
    int length =
        zstd.compress(json, 0, json.length, room, LENGTH_BYTES, room.length - LENGTH_BYTES);
    return withLength(Arrays.copyOf(room, LENGTH_BYTES + length));
  }

  private static byte[] withLength(byte[] frame) {
    ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).putInt(0, frame.length - LENGTH_BYTES);
    return frame;
  }
}
