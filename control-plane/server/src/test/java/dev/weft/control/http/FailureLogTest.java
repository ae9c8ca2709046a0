package dev.weft.control.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

final class FailureLogTest {
  private final List<String> levels = new ArrayList<>();
  private final FailureLog failures = new FailureLog(logger());

  @Test
  void aFullDiskIsToldOnceAndEveryNodeKnowsWhyItIsNotServed() {
    for (int i = 0; i < 3; i++) {
      Reply reply =
          failures.answerTo(
              "POST",
              "/machine/register",
              new UncheckedIOException("the disk is full", new IOException()));
      assertEquals(503, reply.status());
      assertEquals(Reply.text(503, "cannot store: the disk is full"), reply);
    }
    assertEquals(List.of("warn"), levels);
  }

  @Test
  void failuresOfAnotherKindAreToldBeside() {
    failures.answerTo("GET", "/", new UncheckedIOException(new IOException()));
    assertEquals(500, failures.answerTo("GET", "/", new IllegalStateException()).status());
    assertEquals(List.of("warn", "warn"), levels);
  }

  private Logger logger() {
    return (Logger)
        Proxy.newProxyInstance(
            Logger.class.getClassLoader(),
            new Class<?>[] {Logger.class},
            (_, method, _) -> {
              levels.add(method.getName());
              return null;
            });
  }
}
