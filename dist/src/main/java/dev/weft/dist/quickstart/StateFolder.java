package dev.weft.dist.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Stream;

/// The folder that keeps all state of the quickstart, open to its owner only.
///
/// A marker file says that the folder is ours: `--fresh` deletes nothing else.
final class StateFolder {
  private static final String MARKER = "quickstart";
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path root;

  private StateFolder(Path root) {
    this.root = root;
  }

  static StateFolder open(Path root, boolean fresh) throws QuickstartException {
    try {
      if (fresh && Files.exists(root)) {
        forget(root);
      }
      if (!Files.exists(root)) {
        if (root.getParent() != null) {
          Files.createDirectories(root.getParent());
        }
        Files.createDirectory(root, OWNER_ONLY);
      }
      Files.writeString(
          root.resolve(MARKER), "State of weft quickstart; --fresh removes this folder.\n");
      return new StateFolder(root);
    } catch (IOException e) {
      throw new QuickstartException(
          "cannot use the state folder "
              + root
              + " ("
              + e.getMessage()
              + "); choose another with --dir");
    }
  }

  /// A node's own folder.
  Path node(String name) throws QuickstartException {
    return subfolder(name);
  }

  Path control() throws QuickstartException {
    return subfolder("control");
  }

  Path relay() throws QuickstartException {
    return subfolder("relay");
  }

  /// As short as it can be written: relative to where the user stands when it is below.
  String display() {
    Path here = Path.of("").toAbsolutePath();
    return root.startsWith(here) ? "./" + here.relativize(root) : root.toString();
  }

  private Path subfolder(String name) throws QuickstartException {
    Path folder = root.resolve(name);
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectory(folder, OWNER_ONLY);
      }
      return folder;
    } catch (IOException e) {
      throw new QuickstartException("cannot make " + folder + ": " + e.getMessage());
    }
  }

  private static void forget(Path root) throws IOException, QuickstartException {
    if (!Files.isRegularFile(root.resolve(MARKER))) {
      throw new QuickstartException(
          root + " is not a quickstart's state folder; --fresh removes only those");
    }
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
