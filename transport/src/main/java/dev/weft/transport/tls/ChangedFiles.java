package dev.weft.transport.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Notices that files were replaced, once nobody writes them any more: a certificate and its key
/// come one after the other.
///
/// Asked now and then, by one thread at a time. It reads what the system says of the files, not the
/// files: whoever has read them says so, and until then they are others than those known.
final class ChangedFiles {
  private final List<Path> files;
  private Look known;
  private Look last;

  /// The files as they are now are known.
  ChangedFiles(List<Path> files) {
    this.files = List.copyOf(files);
    this.known = look();
    this.last = known;
  }

  /// The files as they are, when they are others than those known and were the same when this was
  /// asked before.
  Optional<Look> change() {
    Look now = look();
    boolean isSettled = now.equals(last);
    last = now;
    return isSettled && !now.equals(known) ? Optional.of(now) : Optional.empty();
  }

  /// The files were read after they had looked like this: so they are known. Those that have been
  /// replaced since are not.
  void markKnown(Look read) {
    known = read;
  }

  private Look look() {
    return new Look(files.stream().map(Stamp::of).toList());
  }

  /// How the files looked at one time.
  record Look(List<Stamp> stamps) {}

  /// @param key tells the file from another of the same name, time and size
  record Stamp(FileTime modified, long size, @Nullable Object key) {
    private static final Stamp MISSING = new Stamp(FileTime.fromMillis(0), -1, null);

    private static Stamp of(Path file) {
      try {
        BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
        return new Stamp(found.lastModifiedTime(), found.size(), found.fileKey());
      } catch (IOException e) {
        return MISSING;
      }
    }
  }
}
