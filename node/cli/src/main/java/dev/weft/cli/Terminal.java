package dev.weft.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;

/// The world of one command: where it prints, what it is answered, what the shell has set.
///
/// @param program the name that messages call the command by, `weft`
/// @param raw standard output for bytes that are no text
record Terminal(
    PrintStream out,
    PrintStream err,
    InputStream in,
    Map<String, String> environment,
    String program,
    OutputStream raw) {

  Terminal {
    environment = Map.copyOf(environment);
  }

  Terminal(
      PrintStream out,
      PrintStream err,
      InputStream in,
      Map<String, String> environment,
      String program) {
    this(out, err, in, environment, program, out);
  }

  /// Asks a question that takes yes or no.
  boolean confirm(String question) throws IOException {
    err.print(question + " [y/n] ");
    err.flush();
    int answer = in.read();
    int c = answer;
    while (c >= 0 && c != '\n') {
      c = in.read();
    }
    return answer == 'y' || answer == 'Y';
  }
}
