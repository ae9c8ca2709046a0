package dev.weft.cli;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;

/// Lets no control character but the line end and the tab through. What commands print is partly
/// what other machines say of themselves, such as the name of a peer's operating system, and a
/// terminal obeys such characters: it would move, hide or answer text.
final class PlainOutput extends FilterOutputStream {
  private static final int FIRST_OF_C1 = 0xc2; // in UTF-8: C2 80 to C2 9F

  private boolean heldBack;

  private PlainOutput(OutputStream out) {
    super(out);
  }

  static PrintStream of(PrintStream out) {
    return new PrintStream(new PlainOutput(out), false, out.charset());
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  /// Each piece is passed on at once: whoever waits for the next line of a ping wants to see it.
  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    ByteArrayOutputStream plain = new ByteArrayOutputStream(length + 1);
    for (int i = offset; i < offset + length; i++) {
      filter(bytes[i] & 0xff, plain);
    }
    plain.writeTo(out);
    out.flush();
  }

  private void filter(int c, ByteArrayOutputStream plain) {
    if (heldBack) {
      heldBack = false;
      if (c >= 0x80 && c <= 0x9f) {
        plain.write('?');
        return;
      }
      plain.write(FIRST_OF_C1);
    }
    if (c == FIRST_OF_C1) {
      heldBack = true;
    } else {
      plain.write(c < ' ' && c != '\n' && c != '\t' || c == 0x7f ? '?' : c);
    }
  }
}
