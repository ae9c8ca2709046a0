package dev.weft.relay;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The rates in force: those of the settings, or those in a file, which is read again when it has
/// changed. A file that has become unreadable changes nothing.
final class Rates {
  private static final System.Logger LOG = System.getLogger("weft.relay");

  private final Optional<Path> file;
  private volatile RateConfig current;
  private @Nullable FileTime read;

  private Rates(Optional<Path> file, RateConfig current, @Nullable FileTime read) {
    this.file = file;
    this.current = current;
    this.read = read;
  }

  static Rates of(RelayPolicy policy) throws RelayException {
    Optional<Path> file = policy.rateFile();
    return file.isPresent()
        ? new Rates(file, RateConfig.read(file.get()), modified(file.get()))
        : new Rates(file, policy.rate(), null);
  }

  /// Any thread.
  RateConfig current() {
    return current;
  }

  boolean mayChange() {
    return file.isPresent();
  }

  /// Looks whether the file has changed. Blocks.
  synchronized void refresh() {
    FileTime now = modified(file.orElseThrow());
    if (now == null || now.equals(read)) {
      return;
    }
    read = now;
    try {
      current = RateConfig.read(file.orElseThrow());
      LOG.log(Level.INFO, "rates are now {0}", current);
    } catch (RelayException e) {
      LOG.log(Level.WARNING, "the rates stay as they were: {0}", e.getMessage());
    }
  }

  private static @Nullable FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return null;
    }
  }
}
