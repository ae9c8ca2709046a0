package dev.weft.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.weft.testkit.SeededTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// One seed is one run, byte for byte: a failure can be looked at again.
final class ReproductionTest {
  private static final int NODES = 20;
  private static final int SECONDS = 20;

  @SeededTest(seeds = 1)
  void twoRunsOfOneSeedAreEqual(long seed) {
    assertEquals(run(seed), run(seed));
  }

  @Test
  void twoSeedsAreTwoRuns() {
    assertNotEquals(run(1), run(2));
  }

  /// Hash codes of enums and the order of immutable sets differ from one process to the next.
  @Test
  void anotherProcessRunsTheSame() throws IOException, InterruptedException {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                ReproductionTest.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(other.getInputStream().readAllBytes(), UTF_8).strip();
    assertEquals(true, other.waitFor(1, TimeUnit.MINUTES));
    assertEquals(run(3), said);
  }

  /// Prints the fingerprint of one run.
  public static void main(String[] args) {
    System.out.println(run(3));
  }

  private static String run(long seed) {
    Tailnets tailnet = new Tailnets(seed, NODES);
    new Trouble(tailnet.mesh(), tailnet.control(), Tailnets.REGIONS, 3).begin(SECONDS);
    tailnet.mesh().run(SECONDS * 1_000L);
    return tailnet.mesh().events() + " events, " + tailnet.mesh().trace();
  }
}
