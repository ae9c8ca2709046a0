package dev.weft.transport.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Notices that files were replaced, once nobody writes them any more: a certificate and its key
/// come one after the other.
///
/// Asked now and then, by one thread at a time. It reads what the system says of the files, not the
/// files.
public final class ChangedFiles {
  private final List<Path> files;
  private List<Stamp> known;
  private List<Stamp> last;

  /// The files as they are now are known.
  public ChangedFiles(List<Path> files) {
    this.files = List.copyOf(files);
    this.known = stamps();
    this.last = known;
  }

  /// Whether the files are others than those known, and were the same when this was asked before.
  /// Then they are known.
  public synchronized boolean haveChanged() {
    List<Stamp> now = stamps();
    boolean isSettled = now.equals(last);
    last = now;
    if (!isSettled || now.equals(known)) {
      return false;
    }
    known = now;
    return true;
  }

  private List<Stamp> stamps() {
    return files.stream().map(Stamp::of).toList();
  }

  /// @param key tells the file from another of the same name, time and size
  private record Stamp(FileTime modified, long size, @Nullable Object key) {
    private static final Stamp MISSING = new Stamp(FileTime.fromMillis(0), -1, null);

    static Stamp of(Path file) {
      try {
        BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
        return new Stamp(found.lastModifiedTime(), found.size(), found.fileKey());
      } catch (IOException e) {
        return MISSING;
      }
    }
  }
}
