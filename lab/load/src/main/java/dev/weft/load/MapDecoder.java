package dev.weft.load;

import dev.weft.json.Json;
import dev.weft.tailcfg.MapResponse;
import io.airlift.compress.v3.MalformedInputException;
import io.airlift.compress.v3.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Decodes map messages beside the event loops. When more wait than it will hold, the event loops
/// decode too, which slows the reading down.
final class MapDecoder implements AutoCloseable {
  private static final int MAX_WAITING = 4_096;
  private static final int MAX_MESSAGE_BYTES = 32 << 20;

  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          1,
          1,
          1,
          TimeUnit.MINUTES,
          new ArrayBlockingQueue<>(MAX_WAITING),
          Thread.ofPlatform().name("map-decoder").daemon().factory(),
          new ThreadPoolExecutor.CallerRunsPolicy());

  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong messages = new AtomicLong();
  private final AtomicLong faults = new AtomicLong();

  /// Takes a message and when it came.
  interface Reader {
    void read(MapResponse message, long atNanos);
  }

  void decode(byte[] frame, long atNanos, Reader reader) {
    bytes.addAndGet(frame.length);
    messages.incrementAndGet();
    thread.execute(() -> {
      try {
        reader.read(Json.decode(MapResponse.JSON, decompress(frame)), atNanos);
      } catch (IOException | RuntimeException e) {
        // A server that sends something else than maps has failed the run: it is told at the end.
        faults.incrementAndGet();
      }
    });
  }

  private static byte[] decompress(byte[] frame) throws IOException {
    try (InputStream zstd = new ZstdInputStream(new ByteArrayInputStream(frame))) {
      return zstd.readNBytes(MAX_MESSAGE_BYTES);
    } catch (MalformedInputException e) {
      throw new IOException(e);
    }
  }

  /// Of all messages so far, as they came over the wire.
  long bytes() {
    return bytes.get();
  }

  long messages() {
    return messages.get();
  }

  /// Messages that could not be read.
  long faults() {
    return faults.get();
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
