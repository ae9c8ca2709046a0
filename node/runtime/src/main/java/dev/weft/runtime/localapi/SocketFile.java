package dev.weft.runtime.localapi;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The socket's place in the file system.
final class SocketFile {
  private static final Set<PosixFilePermission> FOR_ALL =
      PosixFilePermissions.fromString("rw-rw-rw-");
  private static final Set<PosixFilePermission> FOR_OWNER =
      PosixFilePermissions.fromString("rw-------");
  private static final int WRITABLE_BY_ALL = 0002;
  private static final int STICKY = 01000;
  private static final int MAX_PATH_BYTES = 107; // sun_path of Linux, less its final zero

  private SocketFile() {}

  /// Makes room for a socket at `path`: its folder is there, and no file of an earlier daemon.
  ///
  /// @throws IOException when another daemon listens there, or something that is no socket is in
  ///   the way
  static void prepare(Path path) throws IOException {
    if (path.toString().getBytes(UTF_8).length > MAX_PATH_BYTES) {
      throw new IOException(
          "the socket path "
              + path
              + " is longer than "
              + MAX_PATH_BYTES
              + " bytes: choose a shorter one with --socket");
    }
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }
    checkFolder(path, path.toAbsolutePath().getParent());
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (Files.isRegularFile(path) || Files.isDirectory(path)) {
      throw new IOException(path + " is in the way of the socket and is no socket: move it away");
    }
    if (isListening(path)) {
      throw new IOException(
          "another daemon is running at "
              + path
              + ": stop it, or choose another socket with --socket");
    }
    Files.delete(path);
  }

  /// In a folder where everybody may replace files, the next file at `path` need not be ours: its
  /// permissions would be changed, and commands would tell their secrets to whoever put it there.
  private static void checkFolder(Path path, @Nullable Path folder) throws IOException {
    if (folder == null) {
      return;
    }
    int mode = (Integer) Files.getAttribute(folder, "unix:mode");
    if ((mode & WRITABLE_BY_ALL) != 0 && (mode & STICKY) == 0) {
      throw new IOException(
          "everybody may replace files in "
              + folder
              + ", so that the socket "
              + path.getFileName()
              + " would not be safe there: choose another folder with --socket");
    }
  }

  /// Whether somebody accepts connections there.
  static boolean isListening(Path path) {
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return probe.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException _) { // refused: the file is all that is left of a daemon
      return false;
    }
  }

  /// @param all whether everybody may connect; who may do what is then decided by user ID
  static void open(Path path, boolean all) throws IOException {
    Files.setPosixFilePermissions(path, all ? FOR_ALL : FOR_OWNER);
  }
}
