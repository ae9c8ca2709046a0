package dev.weft.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Disks that are full, broken, read-only or gone: the service goes on, says so, and reports
/// nothing as saved that is not.
class DiskTest {
  private static final String UNSAVED = "Changes are not saved";
  private static final Duration SOON = Duration.ofSeconds(40);

  @Test
  void aNodeOnAFullOrReadOnlyDiskGoesOnAndSavesWhenItCan() throws Exception {
    try (Lab lab = Lab.up("disk", "a=public", "b=public")) {
      WeftServers servers = WeftServers.start(lab);
      try (Disk disk = new Disk(lab.folder("laptop"))) {
        TailnetNode laptop = TailnetNode.weft(lab, "a", "laptop");
        TailnetNode teammate = TailnetNode.weft(lab, "b", "teammate");
        Path site = serving(lab, servers, laptop, teammate);
        String ip = laptop.ip();

        disk.fill();
        assertRefuses(laptop, false);
        assertSaysSo(laptop);
        FirstLightTest.assertFetches(teammate, "http://laptop/", site);
        disk.free();
        awaitSaved(laptop);

        disk.cover(laptop.daemon().pid());
        assertRefuses(laptop, true);
        assertSaysSo(laptop);
        FirstLightTest.assertFetches(teammate, "http://laptop/", site);
        disk.uncover(laptop.daemon().pid());
        awaitSaved(laptop);

        disk.fill();
        laptop.daemon().kill();
        laptop.startDaemon(); // a full disk does not keep a node away
        Await.until(
            "the node is back", SOON, () -> laptop.tryCli("ip", "-4").out().strip().equals(ip));
        assertTrue(laptop.cli("status", "--json").contains("\"Running\""));
        assertEquals("true", corpDns(laptop), "what was said to be saved");
      }
    }
  }

  @Test
  void aNodeWhoseFolderIsGoneGoesOn() throws Exception {
    try (Lab lab = Lab.up("folder", "a=public", "b=public")) {
      WeftServers servers = WeftServers.start(lab);
      TailnetNode laptop = TailnetNode.weft(lab, "a", "laptop");
      TailnetNode teammate = TailnetNode.weft(lab, "b", "teammate");
      Path site = serving(lab, servers, laptop, teammate);
      // All but the socket, by which it is asked.
      for (String file : List.of("weft.state", "weft.lock", "weft.pid", "weft.netmap")) {
        Files.deleteIfExists(laptop.folder().resolve(file));
      }
      Path inTheWay = laptop.folder().resolve("weft.state.tmp").resolve("x");
      Files.createDirectories(inTheWay);
      assertRefuses(laptop, false);
      assertSaysSo(laptop);
      FirstLightTest.assertFetches(teammate, "http://laptop/", site);
      Files.delete(inTheWay);
      Files.delete(inTheWay.getParent());
      awaitSaved(laptop);
      assertTrue(Files.size(laptop.folder().resolve("weft.state")) > 0);
    }
  }

  @Test
  void whatCannotBeSyncedIsNotSaidToBeSaved() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "no strace: apt install strace");
    try (Lab lab = Lab.up("fsync", "a=public", "b=public")) {
      WeftServers servers = WeftServers.start(lab);
      // The daemon's own writes while it starts and logs in succeed; all later ones do not.
      TailnetNode laptop =
          TailnetNode.weftUnder(
              lab,
              "a",
              "laptop",
              List.of(
                  "/usr/bin/strace",
                  "-f",
                  "-qq",
                  "--seccomp-bpf",
                  "-o",
                  "/dev/null",
                  "-e",
                  "trace=fsync,fdatasync",
                  "-e",
                  "inject=fsync,fdatasync:error=EIO:when=80+"));
      TailnetNode teammate = TailnetNode.weft(lab, "b", "teammate");
      Path site = serving(lab, servers, laptop, teammate);
      String answer = "";
      for (int i = 0; i < 120 && !answer.contains("not saved"); i++) {
        answer = patch(laptop, i % 2 == 0).out();
      }
      assertTrue(answer.contains("not saved") && !answer.endsWith("200"), answer);
      assertSaysSo(laptop);
      FirstLightTest.assertFetches(teammate, "http://laptop/", site);
    }
  }

  @Test
  void aControlPlaneOnAFullDiskRefusesAndForgetsNothing() throws Exception {
    try (Lab lab = Lab.up("controldisk", "a=public", "b=public")) {
      try (Disk disk = new Disk(lab.folder("control-state"))) {
        WeftServers servers = WeftServers.start(lab);
        TailnetNode laptop = TailnetNode.weft(lab, "a", "laptop");
        TailnetNode teammate = TailnetNode.weft(lab, "b", "teammate");
        Path site = serving(lab, servers, laptop, teammate);
        disk.fill();
        int made = 0;
        Lab.Result last = servers.tryAdmin("users", "create", "u0");
        while (last.exit() == 0 && made < 200) { // the log that is there already takes some more
          made++;
          last = servers.tryAdmin("users", "create", "u" + made);
        }
        assertNotEquals(0, last.exit(), "a full disk takes everything");
        assertTrue(last.err().contains("database"), last.all());
        FirstLightTest.assertFetches(teammate, "http://laptop/", site);
        String users = servers.admin("users", "list");
        assertTrue(!users.contains("u" + made + " "), "in memory and not on disk:\n" + users);
        disk.free();
        servers.admin("users", "create", "later");
        users = servers.admin("users", "list");
        servers.control().kill();
        servers.restartControl();
        assertEquals(users, servers.admin("users", "list"), "memory and disk were the same");
      }
    }
  }

  private static Path serving(
      Lab lab, WeftServers servers, TailnetNode laptop, TailnetNode teammate) throws Exception {
    laptop.up(WeftServers.URL, servers.key());
    teammate.up(WeftServers.URL, servers.key());
    Path site = FirstLightTest.pages(lab, 64 << 10);
    laptop.startSite(3000, site);
    laptop.cli("serve", "--bg", "3000");
    FirstLightTest.assertFetches(teammate, "http://laptop/", site);
    return site;
  }

  private static Lab.Result patch(TailnetNode node, boolean corpDns) throws Exception {
    return node.patchPrefs("{\"CorpDNS\":" + corpDns + ",\"CorpDNSSet\":true}");
  }

  private static void assertRefuses(TailnetNode node, boolean corpDns) throws Exception {
    Lab.Result result = patch(node, corpDns);
    assertTrue(result.out().contains("not saved") && !result.out().endsWith("200"), result.all());
  }

  private static void assertSaysSo(TailnetNode node) throws Exception {
    String status = node.cli("status", "--json");
    assertTrue(status.contains(UNSAVED) || status.contains("cannot write"), status);
    assertTrue(status.contains("\"Running\""), status);
  }

  private static void awaitSaved(TailnetNode node) throws Exception {
    Await.until(
        "it is saved without a restart",
        SOON,
        () -> !node.cli("status", "--json").contains("cannot write"));
  }

  private static String corpDns(TailnetNode node) throws IOException {
    String state = Files.readString(node.folder().resolve("weft.state"));
    return state.replaceAll("(?s).*\"CorpDNS\": ?(true|false).*", "$1");
  }

  /// A small file system of its own.
  private static final class Disk implements AutoCloseable {
    private final Path folder;

    Disk(Path folder) throws Exception {
      this.folder = folder;
      run("mount", "-t", "tmpfs", "-o", "size=1m", "weft-disk", folder.toString());
    }

    /// Makes it read-only for a process, which has files of it open: a mount over it.
    void cover(long pid) throws Exception {
      run(within(pid, "mount", "--bind", folder.toString(), folder.toString()));
      run(within(pid, "mount", "-o", "remount,bind,ro", folder.toString()));
    }

    void uncover(long pid) throws Exception {
      run(within(pid, "umount", folder.toString()));
    }

    private static String[] within(long pid, String... command) {
      List<String> whole = new ArrayList<>(List.of("nsenter", "-t", "" + pid, "-m"));
      whole.addAll(List.of(command));
      return whole.toArray(String[]::new);
    }

    void fill() throws Exception {
      Lab.Proc.run(
          new ProcessBuilder("dd", "if=/dev/zero", "of=" + folder.resolve("filler"), "bs=1k"),
          Duration.ofSeconds(20));
    }

    void free() throws IOException {
      Files.delete(folder.resolve("filler"));
    }

    @Override
    public void close() throws IOException {
      try {
        run("umount", "-l", folder.toString());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private static void run(String... command) throws IOException, InterruptedException {
      Lab.Result result = Lab.Proc.run(new ProcessBuilder(command), Duration.ofSeconds(20));
      assertEquals(0, result.exit(), String.join(" ", command) + ": " + result.all());
    }
  }
}
