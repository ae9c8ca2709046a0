package dev.weft.runtime.state;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The state document of one node and the lock on its folder. Safe for use from several threads;
/// every write blocks until it is on disk.
public final class StateStore implements Closeable {
  private static final byte[] NOTHING = {};

  private final @Nullable Path file;
  private final @Nullable FolderLock lock;
  private final Map<String, byte[]> volatileCaches = new LinkedHashMap<>();
  private Map<String, String> sections;

  /// A write has failed, perhaps after its rename: what the file holds is known again with the next
  /// one that succeeds.
  private boolean uncertain;

  private volatile @Nullable StateException problem;

  private StateStore(@Nullable Path file, @Nullable FolderLock lock, Map<String, String> sections) {
    this.file = file;
    this.lock = lock;
    this.sections = sections;
  }

  /// Takes the folder for this process and reads `weft.state` in it; an absent or empty file is an
  /// empty state.
  public static StateStore openFolder(Path folder) throws StateException {
    return openFile(folder.resolve("weft.state"));
  }

  /// The same for a state file of another name; its folder is the state folder.
  public static StateStore openFile(Path stateFile) throws StateException {
    Path file = stateFile.toAbsolutePath().normalize();
    Path folder = file.getParent();
    if (folder == null) {
      throw new StateException(file + " cannot be a state file");
    }
    makeFolder(folder);
    FolderLock lock = FolderLock.acquire(folder);
    try {
      return new StateStore(file, lock, load(file));
    } catch (StateException e) {
      release(lock, e);
      throw e;
    }
  }

  /// A state that ends with the process (`--state=mem:`): the node is then an ephemeral one.
  public static StateStore ephemeral() {
    return new StateStore(null, null, new TreeMap<>());
  }

  public boolean isEphemeral() {
    return file == null;
  }

  /// The folder other parts of the node may keep their files in.
  public Optional<Path> folder() {
    return file == null ? Optional.empty() : Optional.ofNullable(file.getParent());
  }

  /// The JSON of a section.
  public synchronized Optional<String> read(String section) {
    return Optional.ofNullable(sections.get(section));
  }

  /// The content of a section that is a JSON string.
  public Optional<String> readText(String section) {
    return read(section).map(StateDocument::unquote);
  }

  public void write(String section, String json) throws StateException {
    change(new Change().put(section, json));
  }

  public void writeText(String section, String text) throws StateException {
    change(new Change().putText(section, text));
  }

  public void remove(String section) throws StateException {
    change(new Change().remove(section));
  }

  /// Applies all of a change or nothing of it. When this throws, what [#read] answers is as before,
  /// and the change must not be taken for saved.
  public synchronized void change(Change change) throws StateException {
    Map<String, String> next = new TreeMap<>(sections);
    change.applyTo(next);
    if (next.equals(sections) && !uncertain) {
      return;
    }
    if (file != null) {
      uncertain = true;
      replace(file, StateDocument.encode(next));
      uncertain = false;
    }
    sections = next;
  }

  /// Writes the document once more, if a write has failed since it was last known to be whole.
  public synchronized void rewrite() throws StateException {
    if (problem != null && file != null) {
      uncertain = true;
      change(new Change());
    }
  }

  /// Why the last write did not succeed, in one line for the user; empty when it did.
  public Optional<String> problem() {
    StateException last = problem;
    return last == null ? Optional.empty() : Optional.ofNullable(last.getMessage());
  }

  /// A cache file of the folder, or empty when there is none or it cannot be read.
  public synchronized Optional<byte[]> readCache(String name) {
    Path cache = cacheFile(name);
    if (cache == null) {
      return Optional.ofNullable(volatileCaches.get(name));
    }
    try {
      return Optional.of(Files.readAllBytes(cache));
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  public synchronized void writeCache(String name, byte[] content) throws StateException {
    Path cache = cacheFile(name);
    if (cache == null) {
      volatileCaches.put(name, content.clone());
    } else {
      replace(cache, content);
    }
  }

  public synchronized void removeCache(String name) throws StateException {
    Path cache = cacheFile(name);
    if (cache == null) {
      volatileCaches.remove(name);
      return;
    }
    try {
      Files.deleteIfExists(cache);
    } catch (IOException e) {
      throw new StateException("cannot remove " + cache, e);
    }
  }

  /// For the owner of a section that finds it unreadable: what to tell the user.
  public StateException damaged(String section, String reason) {
    return StateException.damage(
        "the section "
            + section
            + " of the state file "
            + file
            + " is damaged ("
            + reason
            + "); restore the file from a backup, or move it away to start as a new node");
  }

  @Override
  public void close() throws IOException {
    if (lock != null) {
      lock.close();
    }
  }

  private @Nullable Path cacheFile(String name) {
    return file == null ? null : file.resolveSibling(name);
  }

  private void replace(Path target, byte[] content) throws StateException {
    try {
      AtomicFile.replace(target, content);
      problem = null;
    } catch (IOException e) {
      StateException failed = new StateException("cannot write " + target, e);
      problem = failed;
      throw failed;
    }
  }

  private static void makeFolder(Path folder) throws StateException {
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
    } catch (IOException e) {
      throw new StateException("cannot make the state folder " + folder, e);
    }
  }

  private static Map<String, String> load(Path file) throws StateException {
    try {
      byte[] content = Files.exists(file) ? Files.readAllBytes(file) : NOTHING;
      // An empty file holds nothing that could be lost: the original takes it for an absent one
      // too.
      return content.length == 0 ? new TreeMap<>() : StateDocument.decode(content);
    } catch (IOException e) {
      throw new StateException("cannot read the state file " + file, e);
    } catch (IllegalArgumentException e) {
      throw StateException.damage(
          "the state file "
              + file
              + " is damaged ("
              + e.getMessage()
              + "); it was left as it is: restore it from a backup, or move it away to start as a new node");
    }
  }

  private static void release(FolderLock lock, StateException because) {
    try {
      lock.close();
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }

  /// Several sections changed as one.
  public static final class Change {
    private final Map<String, Optional<String>> values = new LinkedHashMap<>();

    public Change put(String section, String json) {
      values.put(section, Optional.of(json));
      return this;
    }

    public Change putText(String section, String text) {
      return put(section, StateDocument.quote(text));
    }

    public Change remove(String section) {
      values.put(section, Optional.empty());
      return this;
    }

    private void applyTo(Map<String, String> sections) {
      values.forEach((name, value) ->
          value.ifPresentOrElse(v -> sections.put(name, v), () -> sections.remove(name)));
    }
  }
}
