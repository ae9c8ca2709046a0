package dev.weft.control;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The framing of map streams: a little-endian length, and JSON, compressed or not
/// (`docs/protocol/control.md` §5.2).
final class MapFrames {
  /// Clients keep the compressed form of exactly these bytes.
  private static final byte[] KEEP_ALIVE_JSON = "{\"KeepAlive\":true}".getBytes(US_ASCII);

  private static final int LENGTH_BYTES = 4;
  private static final String ZSTD = "zstd";

  private final boolean compressed;

  private MapFrames(boolean compressed) {
    this.compressed = compressed;
  }

  /// @param compress what the map request asks for
  static MapFrames of(String compress) {
    return new MapFrames(compress.equals(ZSTD));
  }

  byte[] keepAlive() {
    return frame(KEEP_ALIVE_JSON);
  }

  byte[] frame(byte[] json) {
    if (!compressed) {
      byte[] frame = new byte[LENGTH_BYTES + json.length];
      System.arraycopy(json, 0, frame, LENGTH_BYTES, json.length);
      return withLength(frame, json.length);
    }
    ZstdJavaCompressor zstd = new ZstdJavaCompressor();
    byte[] room = new byte[LENGTH_BYTES + zstd.maxCompressedLength(json.length)];
    int length =
        zstd.compress(json, 0, json.length, room, LENGTH_BYTES, room.length - LENGTH_BYTES);
    byte[] frame = new byte[LENGTH_BYTES + length];
    System.arraycopy(room, LENGTH_BYTES, frame, LENGTH_BYTES, length);
    return withLength(frame, length);
  }

  private static byte[] withLength(byte[] frame, int length) {
    ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).putInt(0, length);
    return frame;
  }
}
