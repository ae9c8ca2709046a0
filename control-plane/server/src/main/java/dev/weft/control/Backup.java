package dev.weft.control;

import dev.weft.control.store.SqliteStore;
import dev.weft.keys.MachinePrivateKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/// A tailnet in a file: the database, the server's key, and the relay's when it keeps it in the
/// same folder. It is a zip archive for its owner's eyes only; whoever has it has the tailnet.
///
/// Made from the state folder, whether a server runs on it or not. Restored into one on which none
/// runs.
final class Backup {
  /// A restore that was interrupted leaves this folder, and a server does not start beside it: it
  /// would make a new tailnet.
  static final String UNFINISHED = "restore.unfinished";

  private static final String ASIDE = "before-restore-";

  /// The relay's key, with the name that the relay gives it.
  private static final String RELAY_KEY = "derp.key";

  private static final List<String> FILES =
      List.of(StateDir.DATABASE, StateDir.NOISE_KEY, RELAY_KEY);

  /// What SQLite keeps beside a database, which belongs to that one only.
  private static final List<String> SIDE_FILES =
      List.of(StateDir.DATABASE + "-wal", StateDir.DATABASE + "-shm");

  private static final long MAX_KEY_BYTES = 4096;
  private static final long MAX_DATABASE_BYTES = 16L * 1024 * 1024 * 1024;

  private Backup() {}

  /// Writes a backup. The file appears whole, or not at all.
  static void write(Path stateDir, Path file, boolean overwrite) throws IOException {
    for (String needed : List.of(StateDir.DATABASE, StateDir.NOISE_KEY)) {
      if (!Files.exists(stateDir.resolve(needed))) {
        throw new IOException(
            "there is no tailnet in %s: it has no %s".formatted(stateDir, needed));
      }
    }
    if (!overwrite && Files.exists(file)) {
      throw new IOException(file + " exists: choose another name, or say --force");
    }
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Path work = Files.createTempDirectory(stateDir, "backup");
    try {
      Path database = work.resolve(StateDir.DATABASE);
      SqliteStore.copy(stateDir.resolve(StateDir.DATABASE), database);
      Files.deleteIfExists(fresh);
      zip(fresh, stateDir, database);
      if (overwrite) {
        Files.move(
            fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } else {
        Files.move(fresh, file);
      }
      StateDir.sync(folderOf(file));
    } finally {
      Files.deleteIfExists(fresh);
      delete(work);
    }
  }

  private static Path folderOf(Path file) {
    @Nullable Path folder = file.toAbsolutePath().getParent();
    return folder == null ? file : folder;
  }

  private static void zip(Path target, Path stateDir, Path database) throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                target,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                StateDir.OWNER_ONLY_FILE);
        ZipOutputStream zip = new ZipOutputStream(Channels.newOutputStream(channel))) {
      add(zip, StateDir.DATABASE, database);
      for (String key : List.of(StateDir.NOISE_KEY, RELAY_KEY)) {
        if (Files.exists(stateDir.resolve(key))) {
          add(zip, key, stateDir.resolve(key));
        }
      }
      zip.finish();
      channel.force(true);
    }
  }

  private static void add(ZipOutputStream zip, String name, Path file) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    Files.copy(file, zip);
    zip.closeEntry();
  }

  /// Puts a backup's tailnet into a state folder. What was there is kept beside it.
  ///
  /// @param overwrite whether there may be a tailnet already
  /// @return where that is now; empty when there was none
  static Optional<Path> restore(Path file, Path stateDir, boolean overwrite, Instant now)
      throws IOException {
    try (StateDir held = StateDir.openForRestore(stateDir)) {
      Path unfinished = held.path().resolve(UNFINISHED);
      List<Path> present = present(held.path());
      if (!overwrite && (!present.isEmpty() || Files.exists(unfinished))) {
        throw new IOException(
            "there is a tailnet in %s already: choose another folder with --statedir, or say --force to put it aside"
                .formatted(stateDir));
      }
      delete(unfinished);
      Path work = held.path().resolve("restore.new");
      delete(work);
      Files.createDirectory(work, StateDir.OWNER_ONLY_DIR);
      List<String> names = unzip(file, work);
      require(work, names, file);
      Files.createDirectory(unfinished, StateDir.OWNER_ONLY_DIR);
      StateDir.sync(held.path());
      Optional<Path> aside =
          present.isEmpty() ? Optional.empty() : Optional.of(putAside(held.path(), present, now));
      for (String name : names) {
        Files.move(work.resolve(name), held.path().resolve(name), StandardCopyOption.ATOMIC_MOVE);
      }
      StateDir.sync(held.path());
      delete(work);
      delete(unfinished);
      return aside;
    }
  }

  private static List<Path> present(Path stateDir) {
    return Stream.concat(FILES.stream(), SIDE_FILES.stream())
        .map(stateDir::resolve)
        .filter(Files::exists)
        .toList();
  }

  private static Path putAside(Path stateDir, List<Path> files, Instant now) throws IOException {
    String base = ASIDE + now.truncatedTo(ChronoUnit.SECONDS).toString().replace(":", "");
    Path aside = stateDir.resolve(base);
    for (int i = 1; Files.exists(aside); i++) {
      aside = stateDir.resolve(base + "-" + i);
    }
    Files.createDirectory(aside, StateDir.OWNER_ONLY_DIR);
    for (Path file : files) {
      Files.move(file, aside.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
    }
    StateDir.sync(aside);
    return aside;
  }

  private static List<String> unzip(Path file, Path folder) throws IOException {
    Set<String> names = new HashSet<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        String name = entry.getName();
        if (!FILES.contains(name) || !names.add(name)) {
          throw new IOException(file + " is no backup of a control plane: it holds " + name);
        }
        long max = name.equals(StateDir.DATABASE) ? MAX_DATABASE_BYTES : MAX_KEY_BYTES;
        try (InputStream in = zip.getInputStream(entry)) {
          extract(in, folder.resolve(name), max);
        }
      }
      return FILES.stream().filter(names::contains).toList();
    } catch (ZipException e) {
      throw new IOException(file + " is no backup, or damaged: " + e.getMessage(), e);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file " + file, e);
    }
  }

  private static void extract(InputStream in, Path target, long max) throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                target,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                StateDir.OWNER_ONLY_FILE);
        OutputStream out = Channels.newOutputStream(channel)) {
      byte[] chunk = new byte[64 * 1024];
      long total = 0;
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        total += count;
        if (total > max) {
          throw new IOException(target.getFileName() + " in the backup is larger than it can be");
        }
        out.write(chunk, 0, count);
      }
      channel.force(true);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(target + " is in the way", e);
    }
  }

  /// Before anything is moved: what is in the backup works.
  private static void require(Path folder, List<String> names, Path file) throws IOException {
    for (String needed : List.of(StateDir.DATABASE, StateDir.NOISE_KEY)) {
      if (!names.contains(needed)) {
        throw new IOException(file + " is no backup of a control plane: it has no " + needed);
      }
    }
    try {
      MachinePrivateKey.parse(Files.readString(folder.resolve(StateDir.NOISE_KEY)).strip());
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is damaged: its key is none", e);
    }
    SqliteStore.check(folder.resolve(StateDir.DATABASE));
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path each : files.toList()) {
        Files.delete(each);
      }
    }
    Files.delete(folder);
  }
}
