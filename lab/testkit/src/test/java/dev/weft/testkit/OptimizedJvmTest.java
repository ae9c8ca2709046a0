package dev.weft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class OptimizedJvmTest {
  /// Prints what it is given and ends, fails or stays.
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) throws InterruptedException {
      System.out.println(arguments[0]);
      switch (arguments[0]) {
        case "ends" -> {}
        case "fails" -> System.exit(3);
        default -> new CountDownLatch(1).await();
      }
    }
  }

  @Test
  void whatAProgramPrintsIsItsAnswer() throws Exception {
    assertEquals("ends", OptimizedJvm.run(Program.class, List.of(), "ends").strip());
  }

  @Test
  void aProgramThatFailsFailsTheTest() {
    AssertionError e =
        assertThrows(
            AssertionError.class, () -> OptimizedJvm.run(Program.class, List.of(), "fails"));
    assertEquals("Program failed: fails", e.getMessage().strip());
  }

  @Test
  void aProgramThatDoesNotEndIsEnded() {
    AssertionError e =
        assertThrows(
            AssertionError.class,
            () -> OptimizedJvm.run(Duration.ofSeconds(1), Program.class, List.of(), "stays"));
    assertTrue(e.getMessage().startsWith("Program did not end within 1 s"), e.getMessage());
  }
}
