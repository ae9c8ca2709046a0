package dev.weft.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.crypto.Aeads;
import dev.weft.testkit.OptimizedJvm;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class SteadyStateTest {
  /// What a batch costs, spread over its packets: a few `Segments` and path names. One object for
  /// each packet would be at least 16 bytes more.
  private static final double MOST_BYTES = 16;

  /// Routing, sealing, sending, receiving, opening, filtering, delivering.
  @Test
  @Timeout(120)
  void nothingIsAllocatedForAPacket() throws Exception {
    assumeTrue("libcrypto".equals(Aeads.best().name()), "the JDK's cipher allocates");
    String printed = OptimizedJvm.run(PacketPath.class, List.of(), String.valueOf(MOST_BYTES));
    double bytes = Double.parseDouble(printed.substring(0, printed.indexOf(' ')));
    assertTrue(bytes < MOST_BYTES, "for each packet and both nodes: " + printed);
  }
}
