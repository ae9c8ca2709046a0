package dev.weft.runtime.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateStoreTest {
  @TempDir Path folder;

  @Test
  void whatIsWrittenIsReadByTheNextProcess() throws IOException {
    try (StateStore store = StateStore.openFolder(folder)) {
      store.change(
          new StateStore.Change()
              .putText("NodeKey", "privkey:\"00\"")
              .put("Prefs", "{\"WantRunning\":true}"));
    }
    try (StateStore store = StateStore.openFolder(folder)) {
      assertEquals(Optional.of("privkey:\"00\""), store.readText("NodeKey"));
      assertEquals(Optional.of("{\"WantRunning\":true}"), store.read("Prefs"));
    }
  }

  @Test
  void textOfAnyAlphabetIsKept() throws IOException {
    try (StateStore store = StateStore.openFolder(folder)) {
      store.write("Prefs", "{\"Hostname\":\"caf\u00e9-\u20ac-\ud83d\ude00\"}");
      store.writeText("Na\u00efve", "\u00e9\n\"");
    }
    try (StateStore store = StateStore.openFolder(folder)) {
      assertEquals(
          Optional.of("{\"Hostname\":\"caf\u00e9-\u20ac-\ud83d\ude00\"}"), store.read("Prefs"));
      assertEquals(Optional.of("\u00e9\n\""), store.readText("Na\u00efve"));
    }
  }

  @Test
  void theFileIsForItsOwnerOnly() throws IOException {
    try (StateStore store = StateStore.openFolder(folder)) {
      store.writeText("MachineKey", "privkey:00");
    }
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("weft.state"))));
  }

  @Test
  void sectionsOfAnotherVersionAreKept() throws IOException {
    Files.writeString(
        folder.resolve("weft.state"),
        "{\"Version\":1,\"Later\":[1],\"Sections\":{\"Unknown\":{\"a\":[1,2]}}}");
    try (StateStore store = StateStore.openFolder(folder)) {
      store.writeText("NodeKey", "x");
    }
    try (StateStore store = StateStore.openFolder(folder)) {
      assertEquals(Optional.of("{\"a\":[1,2]}"), store.read("Unknown"));
    }
  }

  @Test
  void anEmptyFileIsAFreshState() throws IOException {
    Path file = Files.createFile(folder.resolve("weft.state"));
    try (StateStore store = StateStore.openFolder(folder)) {
      assertEquals(Optional.empty(), store.read("NodeKey"));
      assertEquals(0, Files.size(file), "nothing is written before there is something to write");
      store.writeText("NodeKey", "x");
    }
    try (StateStore store = StateStore.openFolder(folder)) {
      assertEquals(Optional.of("x"), store.readText("NodeKey"));
    }
  }

  @Test
  void aDamagedFileIsReportedInOneLineAndLeftAsItIs() throws IOException {
    for (String damaged :
        new String[] {
          "{",
          "{\"Version\":1,\"Sections\":{\"NodeKey\":\"pri",
          "null",
          "[]",
          "{\"Version\":9}",
          "\0\0\0\0"
        }) {
      Files.writeString(folder.resolve("weft.state"), damaged);
      StateException e =
          assertThrows(StateException.class, () -> StateStore.openFolder(folder).close(), damaged);
      assertTrue(
          e.getMessage().contains("weft.state is damaged") && !e.getMessage().contains("\n"),
          e.getMessage());
      assertEquals(damaged, Files.readString(folder.resolve("weft.state")));
    }
  }

  @Test
  void aSecondDaemonOnTheFolderIsRefusedAndToldWhoHoldsIt() throws IOException {
    StateStore first = StateStore.openFolder(folder);
    StateException e =
        assertThrows(StateException.class, () -> StateStore.openFolder(folder).close());
    assertTrue(e.getMessage().contains("in use by this process"), e.getMessage());
    first.close();
    StateStore.openFolder(folder).close();
  }

  @Test
  void aPidLeftByADeadProcessDoesNotBlockTheFolder() throws IOException {
    // The same pid as ours, as in a restarted container, but another start time.
    Files.writeString(folder.resolve("weft.pid"), ProcessHandle.current().pid() + " 12345");
    StateStore.openFolder(folder).close();
  }

  @Test
  void aFailedWriteLeavesTheStateAsItWas() throws IOException {
    Path nested = folder.resolve("state");
    try (StateStore store = StateStore.openFolder(nested)) {
      store.writeText("NodeKey", "old");
      Files.createDirectories(
          nested.resolve("weft.state.tmp").resolve("in the way")); // cannot be deleted nor opened
      assertThrows(StateException.class, () -> store.writeText("NodeKey", "new"));
      assertEquals(Optional.of("old"), store.readText("NodeKey"));
      assertTrue(Files.readString(nested.resolve("weft.state")).contains("old"));
      assertTrue(store.problem().orElseThrow().contains("weft.state"));
      Files.delete(nested.resolve("weft.state.tmp").resolve("in the way"));
      Files.delete(nested.resolve("weft.state.tmp"));
      store.rewrite();
      assertEquals(Optional.empty(), store.problem());
      assertEquals(Optional.of("old"), store.readText("NodeKey"));
    }
  }

  @Test
  void cachesLiveBesideTheDocument() throws IOException {
    try (StateStore store = StateStore.openFolder(folder)) {
      store.writeCache("weft.netmap", new byte[] {1, 2, 3});
    }
    try (StateStore store = StateStore.openFolder(folder)) {
      assertArrayEquals(new byte[] {1, 2, 3}, store.readCache("weft.netmap").orElseThrow());
      store.removeCache("weft.netmap");
      assertTrue(store.readCache("weft.netmap").isEmpty());
    }
  }

  @Test
  void anEphemeralStateTouchesNoFile() throws IOException {
    try (StateStore store = StateStore.ephemeral()) {
      store.writeText("NodeKey", "x");
      store.writeCache("weft.netmap", new byte[] {1});
      assertEquals(Optional.of("x"), store.readText("NodeKey"));
      assertTrue(
          store.isEphemeral()
              && store.folder().isEmpty()
              && store.readCache("weft.netmap").isPresent());
    }
  }
}
