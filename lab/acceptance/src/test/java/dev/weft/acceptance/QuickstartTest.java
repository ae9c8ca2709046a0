package dev.weft.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  @Test
  void anOrdinaryUserCanRunIt() throws Exception {
    try (Lab lab = Lab.up("quickstart-user", "a=public")) {
      Path folder = lab.folder("home");
      Lab.Result owned =
          lab.run("a", Duration.ofSeconds(5), "chown", "65534:65534", folder.toString());
      assertEquals(0, owned.exit(), owned.all());
      List<String> asNobody =
          List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all");
      Lab.Result reach =
          lab.run(
              "a",
              Duration.ofSeconds(5),
              Map.of(),
              join(
                  asNobody,
                  List.of(
                      "test",
                      "-r",
                      Lab.home().resolve("lib").toString(),
                      "-a",
                      "-w",
                      folder.toString())));
      assumeTrue(reach.exit() == 0, "the build's folder is not readable for an ordinary user here");
      Lab.Proc quickstart =
          lab.start(
              "a",
              "quickstart",
              Lab.weftEnvironment(),
              join(asNobody, Lab.weftCommand("quickstart", "--dir=" + folder.resolve("state"))));
      quickstart.awaitLog("ready", Duration.ofSeconds(60));
    }
  }

  private static List<String> join(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  private static Lab.Proc start(Lab lab, Path folder, String name) throws Exception {
    // A build in the background passes an ignored Ctrl-C on to all it starts.
    List<String> heeding = List.of("env", "--default-signal=INT");
    return lab.start(
        "a",
        name,
        Lab.weftEnvironment(),
        join(heeding, Lab.weftCommand("quickstart", "--dir=" + folder)));
  }

  private static List<String> nodeLines(Lab.Proc quickstart) throws Exception {
    return quickstart.log().lines().filter(l -> l.startsWith("✓ laptop")).toList();
  }
}
