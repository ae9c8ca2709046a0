package dev.weft.relay;

import dev.weft.base.Entropy;
import dev.weft.keys.NodePrivateKey;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// The relay's state folder: files that nobody else may read, written whole or not at all.
final class KeptFiles {
  private static final String RELAY_KEY = "derp.key";

  private final Path folder;

  KeptFiles(Path folder) throws RelayException {
    this.folder = folder;
    try {
      Files.createDirectories(folder, ownerOnly("rwx------"));
    } catch (IOException e) {
      throw new RelayException(
          "cannot create the state folder " + folder + " (choose another with --statedir)", e);
    }
  }

  Path path(String name) {
    return folder.resolve(name);
  }

  /// The key by which clients know this relay; made on the first start.
  NodePrivateKey relayKey(Entropy entropy) throws RelayException {
    Path file = path(RELAY_KEY);
    if (!Files.exists(file)) {
      NodePrivateKey key = NodePrivateKey.generate(entropy);
      write(RELAY_KEY, key.toPrivateText() + "\n");
      return key;
    }
    try {
      return NodePrivateKey.parse(Files.readString(file).strip());
    } catch (IOException | IllegalArgumentException e) {
      throw new RelayException(
          "cannot read the relay's key from " + file + " (remove it to have a new one made)", e);
    }
  }

  void write(String name, String content) throws RelayException {
    Path file = path(name);
    Path next = path(name + ".next");
    try {
      Files.deleteIfExists(next);
      Files.createFile(next, ownerOnly("rw-------"));
      byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
      Files.write(next, bytes, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel named = FileChannel.open(folder)) {
        named.force(true); // or the name may be lost, although the content is on disk
      }
    } catch (IOException e) {
      throw new RelayException("cannot write " + file, e);
    }
  }

  private FileAttribute<?>[] ownerOnly(String permissions) {
    Set<String> views = folder.getFileSystem().supportedFileAttributeViews();
    return views.contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
