package dev.weft.transport.tls;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
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
    assertFalse(files.haveChanged());
    assertFalse(files.haveChanged());
  }

  @Test
  void aChangeIsNoticedOnceAndWhenItIsOver() throws IOException {
    Files.writeString(first, "another");
    assertFalse(files.haveChanged(), "the other may follow");
    Files.writeString(second, "another");
    assertFalse(files.haveChanged());
    assertTrue(files.haveChanged());
    assertFalse(files.haveChanged());
  }

  @Test
  void aFileOfTheSameTimeAndSizeInItsPlaceIsAChange() throws IOException {
    Path other = Files.writeString(dir.resolve("other"), "c");
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(second));
    Files.move(other, second, StandardCopyOption.REPLACE_EXISTING);
    assertFalse(files.haveChanged());
    assertTrue(files.haveChanged());
  }

  @Test
  void aFileThatIsGoneAndComesBackIsAChange() throws IOException {
    Files.delete(first);
    assertFalse(files.haveChanged());
    assertTrue(files.haveChanged());
    Files.writeString(first, "a");
    assertFalse(files.haveChanged());
    assertTrue(files.haveChanged());
  }
}
