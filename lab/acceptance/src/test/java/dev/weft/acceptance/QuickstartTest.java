package dev.weft.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The one command that the README opens with, on one host without internet.
class QuickstartTest {
  @Test
  void itServesFetchesAndResumesWithTheSameAddresses() throws Exception {
    try (Lab lab = Lab.up("quickstart", "a=public")) {
      Path folder = lab.folder("state");
      Lab.Proc first = start(lab, folder, "first");
      first.awaitLog("ready", Duration.ofSeconds(60));
      List<String> before = nodeLines(first);
      assertTrue(first.log().contains("http://laptop.home.weft/ — 200"), first.log());
      first.signal("INT");
      assertEquals(130, first.awaitExit(Duration.ofSeconds(20)));
      Lab.Result left = lab.run("a", Duration.ofSeconds(5), "ss", "-Hltnu");
      assertEquals("", left.out(), "nothing is left running");

      Lab.Proc second = start(lab, folder, "second");
      second.awaitLog("ready", Duration.ofSeconds(60));
      assertEquals(before, nodeLines(second));
      second.stop();
    }
  }

  @Test
  void aNodeThatDiesIsStartedAgain() throws Exception {
    try (Lab lab = Lab.up("quickstart-restart", "a=public")) {
      Path folder = lab.folder("state");
      Lab.Proc quickstart = start(lab, folder, "quickstart");
      quickstart.awaitLog("ready", Duration.ofSeconds(60));
      ProcessHandle laptop =
          ProcessHandle.of(quickstart.pid())
              .orElseThrow()
              .children()
              .filter(child -> child.info().commandLine().orElse("").contains(folder + "/laptop"))
              .findFirst()
              .orElseThrow();
      laptop.destroyForcibly();
      laptop.onExit().join();
      Await.until(
          "the laptop answers again",
          Duration.ofSeconds(40),
          () ->
              lab.weft("a", "--socket=" + folder.resolve("laptop/weft.sock"), "status").exit()
                  == 0);
    }
  }

  private static Lab.Proc start(Lab lab, Path folder, String name) throws Exception {
    return lab.startWeft("a", name, "quickstart", "--dir=" + folder);
  }

  private static List<String> nodeLines(Lab.Proc quickstart) throws Exception {
    return quickstart.log().lines().filter(l -> l.startsWith("✓ laptop")).toList();
  }
}
