package dev.weft.runtime.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.runtime.host.ReclaimablePages.Mapping;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class ReclaimablePagesTest {
  private static final int SIZE = 4 << 20;

  @Test
  void onlyWhatTheFileStillHoldsIsGivenBack() {
    String jvm = System.getProperty("java.home") + "/lib/server/libjvm.so";
    Stream<String> smaps =
        """
        7f0000000000-7f0000400000 r--p 00000000 fd:00 11 /usr/lib/weft/daemon.aot
        Rss:                4096 kB
        Anonymous:             0 kB
        Swap:                  0 kB
        VmFlags: rd mr mw me
        7f0000400000-7f0000800000 rw-p 00400000 fd:00 11 /usr/lib/weft/daemon.aot
        Anonymous:             0 kB
        7f0000800000-7f0000900000 r-xp 00000000 fd:00 12 JVM
        Anonymous:             0 kB
        7f0000900000-7f0000a00000 r--p 00100000 fd:00 12 JVM
        Anonymous:             8 kB
        Swap:                  0 kB
        7f0000a00000-7f0000b00000 r--p 00200000 fd:00 12 JVM
        Anonymous:             0 kB
        Swap:                  4 kB
        7f0000b00000-7f0000c00000 r--p 00300000 fd:00 12 JVM
        Anonymous:             0 kB
        7f0000c00000-7f0000d00000 r--p 00000000 00:00 0
        Anonymous:             0 kB
        7f0000d00000-7f0000e00000 r--p 00000000 fd:00 13 /etc/ld.so.cache
        Anonymous:             0 kB
        7f0000e00000-7f0000f00000 r--p 00000000 fd:00 14 /usr/lib/libc.so.6
        Anonymous:             0 kB
        7f0000f00000-7f0001000000 r-xp 00100000 fd:00 14 /usr/lib/libc.so.6
        Anonymous:             0 kB
        7fff00000000-7fff00002000 r-xp 00000000 00:00 0                          [vdso]
        Anonymous:             0 kB
        7fff00002000-7fff00004000 ---p 00000000 fd:00 14 /usr/lib/libc.so.6
        Anonymous:             0 kB
        """
            .replace("JVM", jvm)
            .lines();

    assertEquals(
        List.of(
            new Mapping(0x7f0000000000L, 0x7f0000400000L),
            new Mapping(0x7f0000800000L, 0x7f0000900000L),
            new Mapping(0x7f0000b00000L, 0x7f0000c00000L),
            new Mapping(0x7f0000f00000L, 0x7f0001000000L)),
        ReclaimablePages.reclaimable(smaps));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aPageThatWasGivenBackHoldsWhatItHeld(@TempDir Path folder) throws IOException {
    byte[] content = new byte[SIZE];
    new Random(1).nextBytes(content);
    Path file = Files.write(folder.resolve("mapped.aot"), content);
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(file)) {
      MemorySegment mapped = channel.map(MapMode.READ_ONLY, 0, SIZE, arena);
      assertEquals(-1, mapped.mismatch(MemorySegment.ofArray(content)));
      assertEquals(SIZE >> 10, residentKilobytes(file));

      ReclaimablePages.release();

      assertEquals(0, residentKilobytes(file));
      assertEquals(content[SIZE / 2], mapped.get(ValueLayout.JAVA_BYTE, SIZE / 2));
      assertEquals(-1, mapped.mismatch(MemorySegment.ofArray(content)));
    }
  }

  private static long residentKilobytes(Path file) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps"));
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).endsWith(file.toString())) {
        String resident =
            lines.subList(i, i + 5).stream()
                .filter(line -> line.startsWith("Rss:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(resident.split(" +", 3)[1]);
      }
    }
    throw new AssertionError(file + " is not mapped");
  }
}
