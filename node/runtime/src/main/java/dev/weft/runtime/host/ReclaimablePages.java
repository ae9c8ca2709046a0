package dev.weft.runtime.host;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Gives pages of mapped files back that nobody has needed for a while: the start of a JVM reads
/// most of its library and of its start-up cache, and a node that waits uses a small part of them.
///
/// Only of mappings that stay as long as the process, so that what is advised still is what was
/// looked at: the JVM's own files and its start-up cache, and the code of libraries. And of those
/// only what cannot be written and of which no page has been, in memory or swapped out: the file
/// holds what they hold, so a page that is needed again comes back from the system's page cache, or
/// from the disk where memory was needed for something else.
///
/// `madvise(2)`, `MADV_DONTNEED`; `proc_pid_smaps(5)`. Linux only: elsewhere, and where the JVM may
/// not call native code, nothing happens.
@SuppressWarnings("restricted") // there is no other way to ask
public final class ReclaimablePages {
  private static final Path SMAPS = Path.of("/proc/self/smaps");
  private static final String JAVA_HOME = System.getProperty("java.home") + "/";
  private static final int MADV_DONTNEED = 4;
  private static final int MADV_NOHUGEPAGE = 15;

  private ReclaimablePages() {}

  public static void release() {
    if (!ReclaimablePages.class.getModule().isNativeAccessEnabled()) {
      return;
    }
    try {
      MethodHandle madvise = madvise();
      for (Mapping mapping : reclaimable()) {
        MemorySegment start = MemorySegment.ofAddress(mapping.start());
        long length = mapping.end() - mapping.start();
        // Where the page cache holds the file in huge pages, one byte would bring 2 MB back.
        int _ = (int) madvise.invokeExact(start, length, MADV_NOHUGEPAGE);
        int _ = (int) madvise.invokeExact(start, length, MADV_DONTNEED);
      }
    } catch (Error e) {
      throw e;
    } catch (Throwable _) {
      // No such files, or a system that has no such call: the pages stay.
    }
  }

  private static MethodHandle madvise() {
    Linker linker = Linker.nativeLinker();
    SymbolLookup lookup = linker.defaultLookup();
    return linker.downcallHandle(
        lookup.findOrThrow("madvise"),
        FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  }

  private static List<Mapping> reclaimable() throws IOException {
    try (Stream<String> lines = Files.lines(SMAPS)) {
      return reclaimable(lines);
    }
  }

  /// @param smaps its lines
  static List<Mapping> reclaimable(Stream<String> smaps) {
    List<Mapping> found = new ArrayList<>();
    Mapping[] open = {Mapping.NONE};
    smaps.forEach(line -> {
      if (isHeader(line)) {
        add(open[0], found);
        open[0] = Mapping.parse(line);
      } else if (line.startsWith("Anonymous:") || line.startsWith("Swap:")) {
        // Written once, by a linker or a debugger, and protected since: the file differs.
        if (kilobytes(line) != 0) {
          open[0] = Mapping.NONE;
        }
      }
    });
    add(open[0], found);
    return found;
  }

  private static void add(Mapping mapping, List<Mapping> found) {
    if (!mapping.equals(Mapping.NONE)) {
      found.add(mapping);
    }
  }

  private static boolean isHeader(String line) {
    int dash = line.indexOf('-');
    return dash > 0 && dash < line.indexOf(' ');
  }

  private static long kilobytes(String line) {
    String[] words = line.split(" +", 3);
    return Long.parseLong(words[1]);
  }

  /// @param end exclusive
  record Mapping(long start, long end) {
    static final Mapping NONE = new Mapping(0, 0);

    /// @return [#NONE] when it can be written, holds no file, or may be gone in a moment
    static Mapping parse(String header) {
      // address permissions offset device inode path
      String[] words = header.split(" +", 6);
      boolean isFile = words.length == 6 && words[5].startsWith("/") && !"0".equals(words[4]);
      if (!isFile || !words[1].startsWith("r-") || !stays(words[1], words[5])) {
        return NONE;
      }
      int dash = words[0].indexOf('-');
      return new Mapping(
          Long.parseUnsignedLong(words[0].substring(0, dash), 16),
          Long.parseUnsignedLong(words[0].substring(dash + 1), 16));
    }

    private static boolean stays(String permissions, String path) {
      return permissions.charAt(2) == 'x' || path.startsWith(JAVA_HOME) || path.endsWith(".aot");
    }
  }
}
