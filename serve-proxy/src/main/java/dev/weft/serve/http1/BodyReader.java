package dev.weft.serve.http1;

import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Takes the body of one message out of the bytes of a connection and leaves what is behind it.
public final class BodyReader {
  /// How far it is.
  public enum Progress {
    /// More bytes are needed.
    PARTIAL,
    COMPLETE,
    /// The framing is broken; [#fault] says how. Nothing behind it can be understood.
    BROKEN
  }

  private final Framing framing;
  private final @Nullable ChunkReader chunks;
  private long remaining;

  public BodyReader(Framing framing) {
    this.framing = framing;
    this.chunks = framing instanceof Framing.Chunked ? new ChunkReader() : null;
    this.remaining = framing instanceof Framing.Length(long bytes) ? bytes : 0;
  }

  /// Reads as much as there is. Each piece handed to `data` is a retained slice that the consumer
  /// releases.
  public Progress read(ByteBuf in, Consumer<ByteBuf> data) {
    return switch (framing) {
      case Framing.None() -> Progress.COMPLETE;
      case Framing.Length _ -> {
        int piece = (int) Math.min(remaining, in.readableBytes());
        if (piece > 0) {
          remaining -= piece;
          data.accept(in.readRetainedSlice(piece));
        }
        yield remaining == 0 ? Progress.COMPLETE : Progress.PARTIAL;
      }
      case Framing.Chunked() -> chunks == null ? Progress.BROKEN : chunks.read(in, data);
      case Framing.UntilClose() -> {
        if (in.isReadable()) {
          data.accept(in.readRetainedSlice(in.readableBytes()));
        }
        yield Progress.PARTIAL;
      }
    };
  }

  /// The connection ended. Whether that ended the body too, or cut it off.
  public boolean isCompleteAtClose() {
    return framing instanceof Framing.UntilClose;
  }

  /// The trailer of a chunked body that is complete; null when there is none.
  public @Nullable Fields trailer() {
    return chunks == null ? null : chunks.trailer();
  }

  public Fault fault() {
    return chunks == null ? Fault.CHUNK : chunks.fault();
  }
}
