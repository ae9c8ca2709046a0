package dev.weft.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What one command printed and how it ended.
record CliRun(int exitCode, String out, String err) {

  static CliRun of(Path socket, String... args) {
    return answering("", socket, args);
  }

  /// @param typed what the user types when asked
  static CliRun answering(String typed, Path socket, String... args) {
    List<String> all = new ArrayList<>(List.of("--socket=" + socket));
    all.addAll(List.of(args));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        Cli.run(
            all,
            new Terminal(
                new PrintStream(out, false, UTF_8),
                new PrintStream(err, false, UTF_8),
                new ByteArrayInputStream(typed.getBytes(UTF_8)),
                Map.of("USER", "alice"),
                "weft"));
    return new CliRun(exitCode, out.toString(UTF_8), err.toString(UTF_8));
  }

  static Terminal silentTerminal() {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, UTF_8);
    return new Terminal(nowhere, nowhere, InputStream.nullInputStream(), Map.of(), "weft");
  }

  static String resource(String file) throws IOException {
    try (InputStream in = CliRun.class.getResourceAsStream(file)) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
