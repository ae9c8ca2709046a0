package dev.weft.control.admin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/// One line of bounded length.
final class Lines {
  private Lines() {}

  static byte[] read(InputStream in, int max) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    byte[] chunk = new byte[8192];
    while (true) {
      int count = in.read(chunk);
      if (count < 0) {
        throw new IOException("the other end closed in the middle of a line");
      }
      boolean whole = count > 0 && chunk[count - 1] == '\n';
      line.write(chunk, 0, whole ? count - 1 : count);
      if (whole) {
        return line.toByteArray();
      }
      if (line.size() > max) {
        throw new IOException("a line of more than " + max + " bytes");
      }
    }
  }
}
