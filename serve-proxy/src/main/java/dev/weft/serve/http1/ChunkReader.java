package dev.weft.serve.http1;

import dev.weft.serve.http1.BodyReader.Progress;
import dev.weft.serve.http1.HeadScanner.TooMuch;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The chunked coding (RFC 9112 §7.1): size in hexadecimal digits and nothing but an extension
/// behind it, each line ended by CR LF. Extensions are checked and dropped.
final class ChunkReader {
  private static final int MAX_DIGITS = 15;
  private static final int MAX_EXTENSION = 256;

  /// What lines of sizes may cost beyond [#FREE_OVERHEAD] and twice the data: small chunks with
  /// long extensions are a way to burn somebody's processor.
  private static final long MAX_OVERHEAD = 16 << 10;

  private static final long FREE_OVERHEAD = 16;

  private enum State {
    SIZE,
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER,
    DONE,
    BROKEN
  }

  private State state = State.SIZE;
  private long size;
  private int digits;
  private int extension;
  private long overhead;
  private Fault fault = Fault.CHUNK;
  private final HeadScanner trailerScanner = new HeadScanner();
  private @Nullable Fields trailer;

  Progress read(ByteBuf in, Consumer<ByteBuf> data) {
    while (in.isReadable() && state != State.DONE && state != State.BROKEN) {
      if (state == State.DATA) {
        int piece = (int) Math.min(size, in.readableBytes());
        size -= piece;
        data.accept(in.readRetainedSlice(piece));
        state = size == 0 ? State.DATA_CR : State.DATA;
      } else if (state == State.TRAILER) {
        if (!readTrailer(in)) {
          return Progress.PARTIAL;
        }
      } else {
        state = next(in.readByte());
      }
    }
    return switch (state) {
      case DONE -> Progress.COMPLETE;
      case BROKEN -> Progress.BROKEN;
      default -> Progress.PARTIAL;
    };
  }

  private State next(byte b) {
    return switch (state) {
      case SIZE -> inSize(b);
      case EXTENSION -> inExtension(b);
      case SIZE_LF -> b == '\n' ? sizeIsKnown() : State.BROKEN;
      case DATA_CR -> b == '\r' ? State.DATA_LF : State.BROKEN;
      case DATA_LF -> b == '\n' ? State.SIZE : State.BROKEN;
      case DATA, TRAILER, DONE, BROKEN -> throw new IllegalStateException(state.name());
    };
  }

  private State inSize(byte b) {
    int digit = b < 0 ? -1 : Character.digit(b, 16);
    if (digit >= 0 && digits < MAX_DIGITS) {
      digits++;
      size = size << 4 | digit;
      return State.SIZE;
    }
    if (digits == 0) {
      return State.BROKEN;
    }
    return switch (b) {
      case '\r' -> State.SIZE_LF;
      case ';' -> State.EXTENSION;
      default -> State.BROKEN;
    };
  }

  private State inExtension(byte b) {
    if (b == '\r') {
      return State.SIZE_LF;
    }
    boolean clean = b < 0 || b >= ' ' && b != 0x7f || b == '\t';
    return clean && ++extension <= MAX_EXTENSION ? State.EXTENSION : State.BROKEN;
  }

  private State sizeIsKnown() {
    long line = digits + extension + 4L;
    overhead = Math.max(0, overhead + line - FREE_OVERHEAD - 2 * Math.min(size, MAX_OVERHEAD));
    digits = 0;
    extension = 0;
    if (overhead > MAX_OVERHEAD) {
      return State.BROKEN;
    }
    return size == 0 ? State.TRAILER : State.DATA;
  }

  /// Returns false when more bytes are needed.
  private boolean readTrailer(ByteBuf in) {
    int start = in.readerIndex();
    if (in.readableBytes() >= 2 && in.getByte(start) == '\r' && in.getByte(start + 1) == '\n') {
      in.skipBytes(2);
      state = State.DONE;
      return true;
    }
    if (in.readableBytes() == 1 && in.getByte(start) == '\r') {
      return false;
    }
    try {
      byte[] lines = trailerScanner.take(in);
      if (lines == null) {
        return false;
      }
      Fields fields = new Fields(lines);
      Fault wrong = FieldParser.parse(lines, 0, lines.length - 2, fields);
      fault = Fault.TRAILER;
      state = wrong == null ? State.DONE : State.BROKEN;
      trailer = fields;
    } catch (TooMuch e) {
      fault = e.fault();
      state = State.BROKEN;
    }
    return true;
  }

  @Nullable Fields trailer() {
    return state == State.DONE ? trailer : null;
  }

  Fault fault() {
    return fault;
  }
}
