package dev.weft.runtime.cipher;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.crypto.Aeads;
import dev.weft.testkit.OptimizedJvm;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class BesideSteadyStateTest {
  /// What a batch costs, spread over its packets. One object for each packet would be at least 16
  /// bytes more.
  private static final double MOST_BYTES = 16;

  @Test
  @Timeout(120)
  void nothingIsAllocatedForAPacketThatIsSealedAndOpenedBesideTheLoop() throws Exception {
    assumeTrue("libcrypto".equals(Aeads.best().name()), "the JDK's cipher allocates");
    String printed =
        OptimizedJvm.run(
            BesidePath.class,
            List.of("-Dio.netty.allocator.type=pooled"),
            String.valueOf(MOST_BYTES));
    String last = printed.strip().lines().reduce("", (_, line) -> line);
    double bytes = Double.parseDouble(last.substring(0, last.indexOf(' ')));
    assertTrue(bytes < MOST_BYTES, "for each packet and both nodes: " + printed);
  }
}
