package dev.weft.runtime.cipher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.crypto.Aeads;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class BesideSteadyStateTest {
  /// What a batch costs, spread over its packets. One object for each packet would be at least 16
  /// bytes more.
  private static final double MOST_BYTES = 16;

  /// In a JVM of its own, because those of the tests have no optimizing compiler.
  @Test
  @Timeout(120)
  void nothingIsAllocatedForAPacketThatIsSealedAndOpenedBesideTheLoop() throws Exception {
    assumeTrue("libcrypto".equals(Aeads.best().name()), "the JDK's cipher allocates");
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx64m",
                    "-XX:+UseSerialGC",
                    "-Xbatch",
                    "--enable-native-access=ALL-UNNAMED",
                    "-Dio.netty.allocator.type=pooled",
                    "-cp",
                    System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")),
                    BesidePath.class.getName(),
                    String.valueOf(MOST_BYTES)))
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), printed);
    String last = printed.strip().lines().reduce("", (_, line) -> line);
    double bytes = Double.parseDouble(last.substring(0, last.indexOf(' ')));
    assertTrue(bytes < MOST_BYTES, "for each packet and both nodes: " + printed);
  }
}
