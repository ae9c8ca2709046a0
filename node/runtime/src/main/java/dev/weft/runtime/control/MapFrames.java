package dev.weft.runtime.control;

import dev.weft.json.Json;
import dev.weft.json.MalformedJson;
import dev.weft.tailcfg.MapResponse;
import io.airlift.compress.v3.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// Reads the messages of a map stream: a little-endian length, then one zstd frame of JSON.
/// `docs/protocol/control.md` §5.2.
final class MapFrames {
  /// The official minimal client takes 4 MiB; ten thousand peers compress to less.
  static final int MAX_FRAME_BYTES = 8 << 20;

  static final int MAX_MESSAGE_BYTES = 16 << 20;

  /// Objects and lists of a message, and values in them. A peer has some ten of the first and a
  /// hundred of the second; both cost far more memory than the two bytes that make one.
  static final int MAX_CONTAINERS = 256 << 10;

  static final int MAX_VALUES = 1 << 20;

  private static final int LENGTH_BYTES = 4;

  private final InputStream in;

  MapFrames(InputStream in) {
    this.in = in;
  }

  /// The next message; empty at the end of the stream between two of them.
  Optional<MapResponse> next() throws IOException {
    byte[] prefix = in.readNBytes(LENGTH_BYTES);
    if (prefix.length == 0) {
      return Optional.empty();
    }
    long length = prefix.length < LENGTH_BYTES ? 0 : littleEndian(prefix);
    if (length <= 0 || length > MAX_FRAME_BYTES) {
      throw ControlException.of("control sent a map message of " + length + " bytes");
    }
    byte[] frame = in.readNBytes((int) length);
    if (frame.length < length) {
      throw new EOFException("the map stream ended within a message");
    }
    try {
      byte[] message = decompress(frame);
      if (isTooRich(message)) {
        throw ControlException.of("control sent a map message of too many parts");
      }
      return Optional.of(Json.decode(MapResponse.JSON, message));
    } catch (MalformedJson e) {
      throw ControlException.of("control sent a map message that is no JSON: " + e.getMessage(), e);
    }
  }

  /// Brackets and commas inside of texts count too, which errs on the safe side.
  private static boolean isTooRich(byte[] message) {
    int containers = 0;
    int values = 0;
    for (byte b : message) {
      containers += b == '{' || b == '[' ? 1 : 0;
      values += b == ',' ? 1 : 0;
    }
    return containers > MAX_CONTAINERS || values > MAX_VALUES;
  }

  private static long littleEndian(byte[] prefix) {
    return (prefix[0] & 0xffL)
        | (prefix[1] & 0xffL) << 8
        | (prefix[2] & 0xffL) << 16
        | (prefix[3] & 0xffL) << 24;
  }

  private static byte[] decompress(byte[] frame) throws IOException {
    try (InputStream zstd = new ZstdInputStream(new ByteArrayInputStream(frame))) {
      byte[] message = zstd.readNBytes(MAX_MESSAGE_BYTES);
      if (zstd.read() >= 0) {
        throw ControlException.of(
            "control sent a map message of more than " + MAX_MESSAGE_BYTES + " bytes");
      }
      return message;
    } catch (RuntimeException e) {
      // Whatever the bytes provoke in the decompressor is a property of the bytes.
      throw ControlException.of("control sent a map message that does not decompress", e);
    }
  }
}
