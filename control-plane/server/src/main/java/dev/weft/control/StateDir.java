package dev.weft.control;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.weft.base.Entropy;
import dev.weft.keys.MachinePrivateKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The state folder, held by one server at a time.
final class StateDir implements AutoCloseable {
  private static final String LOCK = "control.lock";
  static final String NOISE_KEY = "noise.key";
  static final String DATABASE = "control.db";

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");
  static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIR =
      PosixFilePermissions.asFileAttribute(OWNER_ONLY);

  private final Path path;
  private final FileChannel lock;

  private StateDir(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /// Creates the folder when it is not there, and closes it to others.
  ///
  /// @throws IOException also when another server holds it
  static StateDir open(Path path) throws IOException {
    StateDir dir = openForRestore(path);
    if (Files.exists(path.resolve(Backup.UNFINISHED))) {
      dir.close();
      throw new IOException(
          "a restore into %s was interrupted: run it again, with --force".formatted(path));
    }
    return dir;
  }

  /// Likewise, whatever is in it.
  static StateDir openForRestore(Path path) throws IOException {
    FileChannel lock;
    try {
      requireOwnUse(path);
      Files.createDirectories(path, OWNER_ONLY_DIR);
      Files.setPosixFilePermissions(path, OWNER_ONLY);
      lock = FileChannel.open(path.resolve(LOCK), Set.of(CREATE, WRITE), OWNER_ONLY_FILE);
    } catch (IOException e) {
      throw new IOException(
          "cannot use the state folder %s: %s; choose another with --statedir"
              .formatted(path, FileReason.of(e)),
          e);
    }
    try {
      @Nullable FileLock held = lock.tryLock();
      if (held != null) {
        return new StateDir(path, lock);
      }
    } catch (OverlappingFileLockException _) {
      // In this very process: the same refusal.
    }
    lock.close();
    throw new IOException("another control plane runs on " + path);
  }

  /// The folder will be the owner's alone: nobody means that of `/tmp`, or of a home that others
  /// read.
  private static void requireOwnUse(Path path) throws IOException {
    if (!Files.isDirectory(path)
        || Files.exists(path.resolve(LOCK))
        || Files.getPosixFilePermissions(path).equals(OWNER_ONLY)) {
      return;
    }
    try (Stream<Path> files = Files.list(path)) {
      if (files.findAny().isPresent()) {
        throw new IOException("it holds other things, and others may look into it");
      }
    }
  }

  Path path() {
    return path;
  }

  Path database() {
    return path.resolve(DATABASE);
  }

  /// The server's identity. Made once: clients that have seen it refuse any other, so a lost one is
  /// not replaced in silence.
  MachinePrivateKey noiseKey(Entropy entropy) throws IOException {
    Path file = path.resolve(NOISE_KEY);
    if (Files.exists(file)) {
      try {
        return MachinePrivateKey.parse(Files.readString(file, US_ASCII).strip());
      } catch (IllegalArgumentException e) {
        throw new IOException(file + " holds no key: restore it from a backup", e);
      }
    }
    if (Files.exists(database())) {
      throw new IOException(
          "there is a tailnet in "
              + path
              + " but its key "
              + NOISE_KEY
              + " is gone: restore it from a backup, for a new one strands every client");
    }
    MachinePrivateKey key = MachinePrivateKey.generate(entropy);
    writeDurably(file, key.toPrivateText() + "\n");
    return key;
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }

  /// On disk, whole, under its name, or not at all.
  private void writeDurably(Path file, String text) throws IOException {
    Path fresh = path.resolve(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    try (FileChannel out = FileChannel.open(fresh, Set.of(CREATE_NEW, WRITE), OWNER_ONLY_FILE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(US_ASCII));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    sync(path);
  }

  /// Makes what was created and renamed in a folder last.
  static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder)) {
      channel.force(true);
    }
  }
}
