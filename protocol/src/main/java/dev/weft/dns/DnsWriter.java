package dev.weft.dns;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Puts a message together. Names are written in full: the messages are small.
final class DnsWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(128);

  void int16(int value) {
    out.write(value >>> 8);
    out.write(value);
  }

  void int32(long value) {
    int16((int) (value >>> 16));
    int16((int) value);
  }

  void bytes(byte[] bytes) {
    out.write(bytes, 0, bytes.length);
  }

  /// A name with its final dot, of which [DnsName#fits] holds.
  void name(String name) {
    int from = 0;
    while (from < name.length() && !name.equals(".")) {
      int dot = name.indexOf('.', from);
      out.write(dot - from);
      bytes(name.substring(from, dot).getBytes(StandardCharsets.US_ASCII));
      from = dot + 1;
    }
    out.write(0);
  }

  static int nameLength(String name) {
    return name.equals(".") ? 1 : name.length() + 1;
  }

  byte[] toArray() {
    return out.toByteArray();
  }
}
