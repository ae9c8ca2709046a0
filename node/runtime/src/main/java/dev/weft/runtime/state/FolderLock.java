package dev.weft.runtime.state;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Holds a state folder for this process. The operating system drops the lock when the process
/// dies, however it dies.
///
/// The holder's pid is in a file of its own: a POSIX lock is lost as soon as *any* descriptor of
/// the locked file is closed, so nobody may open the lock file to read it. For the same reason a
/// second attempt from this very process must be noticed before the lock file is touched; the pid
/// alone does not tell (in a container it is the same after each restart), the pid with the
/// process's start time does.
final class FolderLock implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(FolderLock.class);

  private final FileChannel channel;
  private final Path holder;

  private FolderLock(FileChannel channel, Path holder) {
    this.channel = channel;
    this.holder = holder;
  }

  static FolderLock acquire(Path folder) throws StateException {
    Path holder = folder.resolve("weft.pid");
    if (read(holder).equals(identity())) {
      throw held(folder, "this process");
    }
    try {
      FileChannel channel = FileChannel.open(folder.resolve("weft.lock"), CREATE, WRITE);
      if (!tryLock(channel)) {
        channel.close();
        throw held(folder, pidOf(holder));
      }
      tellHolder(holder);
      return new FolderLock(channel, holder);
    } catch (StateException e) {
      throw e;
    } catch (IOException e) {
      throw new StateException("cannot lock the state folder " + folder, e);
    }
  }

  /// On a full disk nobody can be told, and the node must start all the same: it may be the only
  /// way to the machine.
  private static void tellHolder(Path holder) {
    try {
      Files.writeString(holder, identity());
      Files.setPosixFilePermissions(holder, PosixFilePermissions.fromString("rw-r--r--"));
    } catch (IOException e) {
      LOG.warn("cannot write {}: {}", holder, e.getMessage());
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException _) {
      return false;
    }
  }

  private static StateException held(Path folder, String by) {
    return new StateException(
        "the state folder "
            + folder
            + " is in use by "
            + by
            + "; stop that daemon, or give this one another --statedir");
  }

  private static String pidOf(Path holder) {
    String[] words = read(holder).split(" ", 2);
    return words[0].isBlank() ? "another daemon" : "another daemon (pid " + words[0] + ")";
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException _) {
      return "";
    }
  }

  private static String identity() {
    ProcessHandle self = ProcessHandle.current();
    return self.pid() + " " + self.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(holder);
    channel.close();
  }
}
