package dev.weft.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Entropy;
import dev.weft.control.tailnet.Tailnet;
import dev.weft.tailcfg.MapResponse;
import dev.weft.testkit.SeededEntropy;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `weft control backup` and `restore`.
@Timeout(60)
final class BackupTest {
  @TempDir Path dir;
  private final Entropy entropy = new SeededEntropy(12)::fill;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private Path state;
  private Path file;

  @BeforeEach
  void paths() {
    state = dir.resolve("state");
    file = dir.resolve("weft.backup");
  }

  @AfterEach
  void stop() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void nodesGoOnWithoutALoginOnATailnetRestoredElsewhere() throws Exception {
    Path elsewhere = dir.resolve("elsewhere");
    TestNode node;
    String address;
    try (ControlServer server = start(state)) {
      node = TestNode.connect(loops, server.address(), server.publicKey(), entropy);
      node.register("laptop", key(server));
      try (TestNode.MapStream stream = node.stream()) {
        address = stream.next().node().addresses().getFirst().toString();
        // While it runs and a stream is open.
        assertEquals(0, weft("backup", file.toString(), "--statedir=" + state));
      }
    }
    node.close();
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));

    assertEquals(0, weft("restore", file.toString(), "--statedir=" + elsewhere));
    try (ControlServer server = start(elsewhere);
        TestNode again =
            TestNode.connect(
                loops, server.address(), server.publicKey(), node.machine, node.nodeKey, entropy);
        TestNode.MapStream stream = again.stream()) {
      MapResponse map = stream.next();
      assertEquals("laptop.home.weft.", map.node().name());
      assertEquals(address, map.node().addresses().getFirst().toString());
    }
  }

  @Test
  void theKeyOfARelayInTheSameFolderIsInIt() throws IOException {
    start(state).close();
    byte[] key = {1, 2, 3};
    Files.write(state.resolve("derp.key"), key);
    Backup.write(state, file, false);
    Path elsewhere = dir.resolve("elsewhere");
    Backup.restore(file, elsewhere, false, ControlServerTest.NOW);
    assertArrayEquals(key, Files.readAllBytes(elsewhere.resolve("derp.key")));
  }

  @Test
  void nothingIsOverwrittenUnasked() throws IOException {
    start(state).close();
    Files.writeString(file, "precious");
    assertEquals(1, weft("backup", "--statedir=" + state, file.toString()));
    assertEquals("precious", Files.readString(file));
    assertEquals(0, weft("backup", "--statedir=" + state, "--force", file.toString()));
    assertEquals(1, weft("restore", file.toString(), "--statedir=" + state));
    assertTrue(printed.toString(UTF_8).contains("a tailnet in"), printed.toString(UTF_8));
  }

  @Test
  void whatWasThereIsPutAside() throws IOException {
    start(state).close();
    Backup.write(state, file, false);
    String old = Files.readString(state.resolve("noise.key"));
    Path other = dir.resolve("other");
    start(other).close();
    String others = Files.readString(other.resolve("noise.key"));

    assertEquals(0, weft("restore", file.toString(), "--statedir=" + other, "--force"));
    assertEquals(old, Files.readString(other.resolve("noise.key")));
    try (Stream<Path> files = Files.list(other)) {
      Path aside =
          files
              .filter(path -> path.getFileName().toString().startsWith("before-restore-"))
              .findFirst()
              .orElseThrow();
      assertEquals(others, Files.readString(aside.resolve("noise.key")));
      assertTrue(Files.exists(aside.resolve("control.db")));
    }
    start(other).close();
  }

  @Test
  void aRunningServerIsNotRestoredOver() throws IOException {
    try (ControlServer server = start(state)) {
      Backup.write(state, file, false);
      assertEquals(1, weft("restore", file.toString(), "--statedir=" + state, "--force"));
      assertTrue(printed.toString(UTF_8).contains("runs on"), printed.toString(UTF_8));
      assertFalse(server.address().isUnresolved());
    }
  }

  @Test
  void aFileThatIsNoBackupChangesNothing() throws IOException {
    start(state).close();
    String key = Files.readString(state.resolve("noise.key"));
    Files.writeString(file, "no archive");
    assertEquals(1, weft("restore", file.toString(), "--statedir=" + state, "--force"));
    writeZip("control.db", "noise.key", "../../etc/passwd");
    assertEquals(1, weft("restore", file.toString(), "--statedir=" + state, "--force"));
    writeZip("control.db", "noise.key");
    assertEquals(1, weft("restore", file.toString(), "--statedir=" + state, "--force"));
    writeZip("control.db");
    assertEquals(1, weft("restore", file.toString(), "--statedir=" + state, "--force"));
    assertEquals(key, Files.readString(state.resolve("noise.key")));
    start(state).close();
  }

  /// Whatever a kill in the middle leaves: a server must not make a new tailnet of it.
  @Test
  void afterAnInterruptedRestoreAServerDoesNotStart() throws IOException {
    start(state).close();
    Backup.write(state, file, false);
    Path half = Files.createDirectories(dir.resolve("half/restore.unfinished")).getParent();
    Files.setPosixFilePermissions(half, PosixFilePermissions.fromString("rwx------"));
    IOException refused = assertThrows(IOException.class, () -> start(half));
    assertTrue(refused.getMessage().contains("interrupted"), refused.getMessage());
    assertEquals(0, weft("restore", file.toString(), "--statedir=" + half, "--force"));
    start(half).close();
  }

  private void writeZip(String... names) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (String name : names) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write("x".getBytes(UTF_8));
      }
    }
  }

  private static ControlServer start(Path state) throws IOException {
    return ControlServer.start(ControlServerTest.settings(state));
  }

  private static String key(ControlServer server) {
    server.ensureUser("ann");
    return server.createAuthKey(new Tailnet.AuthKeySpec("ann", false, false, List.of(), null));
  }

  private int weft(String... args) {
    PrintStream print = new PrintStream(printed, true, UTF_8);
    return ControlCommand.run(List.of(args), print, print);
  }
}
