package dev.weft.serve.http1;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Finds where a head ends in bytes that come in pieces, without looking at a byte twice.
public final class HeadScanner {
  /// What the official node, being a Go program, takes is a megabyte; no browser sends a tenth of
  /// this.
  public static final int MAX_HEAD = 64 << 10;

  private int scanned;

  /// Takes the next head out of `in` once it is complete, with its empty last line.
  ///
  /// @return the head, or null when more bytes are needed
  /// @throws TooMuch when a bound or the grammar of lines is broken: there is nothing to wait for
  public byte @Nullable [] take(ByteBuf in) throws TooMuch {
    int start = in.readerIndex();
    int length = in.readableBytes();
    while (scanned < length) {
      int lf = in.indexOf(start + scanned, start + length, (byte) '\n') - start;
      if (lf < 0) {
        scanned = length;
        break;
      }
      if (lf == 0 || in.getByte(start + lf - 1) != '\r') {
        throw new TooMuch(Fault.BARE_LF);
      }
      scanned = lf + 1;
      if (lf >= 2 && in.getByte(start + lf - 2) == '\n') {
        if (scanned > MAX_HEAD) {
          break;
        }
        byte[] head = new byte[scanned];
        in.readBytes(head);
        scanned = 0;
        return head;
      }
    }
    if (length > MAX_HEAD) {
      throw new TooMuch(Fault.HEAD_TOO_LARGE);
    }
    return null;
  }

  /// The bytes cannot be a head.
  public static final class TooMuch extends Exception {
    private static final long serialVersionUID = 1L;
    private final Fault fault;

    TooMuch(Fault fault) {
      super(fault.reason(), null, false, false);
      this.fault = fault;
    }

    public Fault fault() {
      return fault;
    }
  }
}
