package dev.weft.runtime.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.avaje.json.stream.JsonStream;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// A real second process writes as fast as it can and is killed with SIGKILL in the middle of it.
@Timeout(60)
class StateCrashTest {
  @TempDir Path folder;

  @Test
  void aProcessKilledWhileWritingLeavesTheOldOrTheNewState() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int confirmed = 0;
    for (int round = 0; round < 4; round++) {
      confirmed = writeUntilKilled(confirmed, confirmed + 20 + random.nextInt(60));
      try (StateStore store = StateStore.openFolder(folder)) {
        int stored = Integer.parseInt(store.readText("Left").orElseThrow());
        assertEquals(store.readText("Left"), store.readText("Right"), "seed " + seed);
        assertTrue(
            stored >= confirmed,
            "seed " + seed + ": " + confirmed + " was confirmed, " + stored + " is stored");
        confirmed = stored;
      }
    }
  }

  @Test
  void aSecondProcessIsRefusedByPid() throws Exception {
    try (StateStore held = StateStore.openFolder(folder)) {
      held.writeText("Left", "1");
      Process child = start(0);
      String complaint = new String(child.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(1, child.waitFor());
      assertTrue(
          complaint.contains(
              "in use by another daemon (pid " + ProcessHandle.current().pid() + ")"),
          complaint);
    }
  }

  @Test
  void aRefusedAttemptInThisProcessDoesNotLoseTheLock() throws Exception {
    try (StateStore held = StateStore.openFolder(folder)) {
      held.writeText("Left", "1");
      assertThrows(StateException.class, () -> StateStore.openFolder(folder).close());
      assertEquals(1, start(0).waitFor());
    }
  }

  private int writeUntilKilled(int from, int killAt) throws IOException, InterruptedException {
    Process child = start(from);
    int confirmed = from;
    try (BufferedReader lines = child.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        confirmed = Integer.parseInt(line);
        if (confirmed == killAt) {
          child
              .toHandle()
              .destroyForcibly(); // not child.destroyForcibly(): what it had printed counts
        }
      }
    }
    child.waitFor();
    return confirmed;
  }

  private Process start(int from) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            classPath(),
            Writer.class.getName(),
            folder.toString(),
            Integer.toString(from))
        .start();
  }

  private static String classPath() {
    return Stream.of(
            StateStore.class, Writer.class, JsonStream.class, NullMarked.class, LoggerFactory.class)
        .map(c -> c.getProtectionDomain().getCodeSource().getLocation().getPath())
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }

  /// The child: both sections always carry the same number, and a printed number is on disk.
  static final class Writer {
    private Writer() {}

    public static void main(String[] args) {
      try (StateStore store = StateStore.openFolder(Path.of(args[0]))) {
        for (int n = Integer.parseInt(args[1]) + 1; ; n++) {
          store.change(new StateStore.Change().putText("Left", "" + n).putText("Right", "" + n));
          System.out.println(n);
          System.out.flush();
        }
      } catch (IOException e) {
        System.err.println(e.getMessage());
        System.exit(1);
      }
    }
  }
}
