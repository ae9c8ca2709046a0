package dev.weft.dist.quickstart;

import dev.weft.cli.Cli;
import dev.weft.ipn.Status;
import dev.weft.json.Json;
import dev.weft.json.MalformedJson;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Commands of the CLI to one of the nodes, run in this process: what a user would type.
record NodeCli(String name, Path socket) {
  /// @throws QuickstartException with what the command said when it failed
  String run(String... arguments) throws QuickstartException {
    Output output = attempt(arguments);
    if (output.exit != 0) {
      throw new QuickstartException(
          name + ": weft " + arguments[0] + ": " + (output.err + output.out).strip());
    }
    return output.out;
  }

  Output attempt(String... arguments) {
    List<String> all = new ArrayList<>(List.of("--socket=" + socket));
    all.addAll(List.of(arguments));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit =
        Cli.run(
            all,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Output(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  Status status() throws QuickstartException {
    try {
      return Json.decode(Status.JSON, run("status", "--json"));
    } catch (MalformedJson e) {
      throw new QuickstartException(name + ": the status is not readable: " + e.getMessage());
    }
  }

  record Output(int exit, String out, String err) {}
}
