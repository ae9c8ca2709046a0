package dev.weft.load;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.function.Consumer;

/// Cuts a map stream into its compressed messages as bytes come (`docs/protocol/control.md` §5.2).
/// Used by one thread.
final class FrameCutter implements Session.Body {
  private static final int MAX_FRAME_BYTES = 8 << 20;
  private static final int LENGTH_BYTES = 4;

  private final Consumer<byte[]> frames;
  private byte[] current = new byte[LENGTH_BYTES];
  private int filled;
  private boolean inMessage;

  FrameCutter(Consumer<byte[]> frames) {
    this.frames = frames;
  }

  @Override
  public void read(ByteBuf content) throws IOException {
    while (content.isReadable()) {
      int count = Math.min(current.length - filled, content.readableBytes());
      content.readBytes(current, filled, count);
      filled += count;
      if (filled == current.length) {
        turn();
      }
    }
  }

  private void turn() throws IOException {
    byte[] whole = current;
    filled = 0;
    inMessage = !inMessage;
    if (!inMessage) {
      current = new byte[LENGTH_BYTES];
      frames.accept(whole);
      return;
    }
    long length =
        (whole[0] & 0xffL)
            | (whole[1] & 0xffL) << 8
            | (whole[2] & 0xffL) << 16
            | (whole[3] & 0xffL) << 24;
    if (length == 0 || length > MAX_FRAME_BYTES) {
      throw new IOException("a map message of " + length + " bytes");
    }
    current = new byte[(int) length];
  }
}
