package dev.weft.fuzz;

import java.util.Arrays;

/// The fuzzer's bytes as a sequence of choices, for targets that are driven by more than one
/// message. Reads zeros behind the end.
public final class Script {
  private final byte[] bytes;
  private int at;

  public Script(byte[] bytes) {
    this.bytes = bytes;
  }

  public boolean hasMore() {
    return at < bytes.length;
  }

  public int u8() {
    return at < bytes.length ? bytes[at++] & 0xff : 0;
  }

  public int u16() {
    return u8() << 8 | u8();
  }

  public int i32() {
    return u16() << 16 | u16();
  }

  /// The next `count` bytes, or as many as there are.
  public byte[] take(int count) {
    int end = Math.min(bytes.length, at + count);
    byte[] taken = Arrays.copyOfRange(bytes, Math.min(at, end), end);
    at = end;
    return taken;
  }

  public byte[] rest() {
    return take(bytes.length);
  }
}
