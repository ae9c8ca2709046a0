package dev.weft.transport.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChangedFilesTest {
  @TempDir Path dir;
  private Path first;
  private Path second;
  private ChangedFiles files;

  @BeforeEach
  void write() throws IOException {
    first = Files.writeString(dir.resolve("first"), "a");
    second = Files.writeString(dir.resolve("second"), "b");
    files = new ChangedFiles(List.of(first, second));
  }

  @Test
  void filesThatStayAreNoNews() {
    assertEquals(Optional.empty(), files.change());
    assertEquals(Optional.empty(), files.change());
  }

  @Test
  void aChangeIsNoticedOnceAndWhenItIsOver() throws IOException {
    Files.writeString(first, "another");
    assertEquals(Optional.empty(), files.change(), "the other may follow");
    Files.writeString(second, "another");
    assertEquals(Optional.empty(), files.change());
    assertTrue(taken());
    assertEquals(Optional.empty(), files.change());
  }

  @Test
  void aFileOfTheSameTimeAndSizeInItsPlaceIsAChange() throws IOException {
    Path other = Files.writeString(dir.resolve("other"), "c");
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(second));
    Files.move(other, second, StandardCopyOption.REPLACE_EXISTING);
    assertEquals(Optional.empty(), files.change());
    assertTrue(taken());
  }

  @Test
  void aFileThatIsGoneAndComesBackIsAChange() throws IOException {
    Files.delete(first);
    assertEquals(Optional.empty(), files.change());
    assertTrue(taken());
    Files.writeString(first, "a");
    assertEquals(Optional.empty(), files.change());
    assertTrue(taken());
  }

  @Test
  void aChangeIsToldUntilTheFilesHaveBeenRead() throws IOException {
    Files.writeString(first, "another");
    files.change();
    ChangedFiles.Look found = files.change().orElseThrow();
    assertEquals(Optional.of(found), files.change());
    files.markKnown(found);
    assertEquals(Optional.empty(), files.change());
  }

  @Test
  void filesThatAreReplacedWhileTheyAreReadAreNotKnown() throws IOException {
    Files.writeString(first, "another");
    files.change();
    ChangedFiles.Look found = files.change().orElseThrow();
    Files.writeString(first, "and another");
    files.markKnown(found);
    files.change();
    assertTrue(taken());
  }

  private boolean taken() {
    Optional<ChangedFiles.Look> change = files.change();
    change.ifPresent(files::markKnown);
    return change.isPresent();
  }
}
