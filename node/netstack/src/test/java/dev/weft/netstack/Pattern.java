package dev.weft.netstack;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/// The bytes of streams too long to keep: each position of each stream has its own.
public final class Pattern {
  private static final int PERIOD = 1_000_003;
  private static final int LONGEST = 1 << 16;
  private static final byte[] BYTES = bytes();

  private final int shift;
  private final long length;
  private long position;

  /// @param stream tells streams apart
  public Pattern(int stream, long length) {
    this.shift = Math.floorMod(stream * 7919, PERIOD);
    this.length = length;
  }

  private static byte[] bytes() {
    byte[] bytes = new byte[PERIOD + LONGEST];
    new Random(PERIOD).nextBytes(bytes);
    System.arraycopy(bytes, 0, bytes, PERIOD, LONGEST);
    return bytes;
  }

  public long position() {
    return position;
  }

  public boolean isComplete() {
    return position == length;
  }

  /// The bytes that come next, as many as are at hand; the caller tells how many it took.
  public ByteBuffer next() {
    int count = (int) Math.min(length - position, LONGEST);
    return ByteBuffer.wrap(BYTES, at(), count).slice();
  }

  public void took(int count) {
    position += count;
  }

  /// Compares what has come with what had to come, and moves on.
  public void check(byte[] array, int offset, int count) {
    for (int done = 0; done < count; ) {
      int part = Math.min(count - done, LONGEST);
      int at = at();
      if (position + part > length
          || !Arrays.equals(array, offset + done, offset + done + part, BYTES, at, at + part)) {
        throw new AssertionError("wrong bytes near " + position + " of " + length);
      }
      position += part;
      done += part;
    }
  }

  private int at() {
    return (int) ((position + shift) % PERIOD);
  }
}
