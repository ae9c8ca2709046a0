package dev.weft.transport.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files whose contents the test stands for: what it loads, and what is in the way.
final class CurrentTlsTest {
  @TempDir Path dir;
  private Path certificate;
  private final List<SslContext> loaded = new ArrayList<>();
  private IOException obstacle;
  private RuntimeException fault;
  private int attempts;
  private int told;
  private SslContext asked;
  private CurrentTls tls;

  @BeforeEach
  void begin() throws IOException {
    certificate = Files.writeString(dir.resolve("crt"), "first");
    Path key = Files.writeString(dir.resolve("key"), "first");
    tls = CurrentTls.of(List.of(certificate, key), this::load);
  }

  private SslContext load() throws IOException {
    attempts++;
    if (obstacle != null) {
      throw obstacle;
    }
    if (fault != null) {
      throw fault;
    }
    try {
      loaded.add(new Asked());
    } catch (SSLException e) {
      throw new AssertionError(e);
    }
    return loaded.getLast();
  }

  @Test
  void filesThatStayAreReadOnce() {
    for (int i = 0; i < 5; i++) {
      tls.refresh();
    }

    assertEquals(1, attempts);
    assertIsCurrent(loaded.getFirst());
  }

  @Test
  void newConnectionsGetWhatReplacesTheFilesOnceItIsWhole() throws IOException {
    Files.writeString(certificate, "another");
    tls.refresh();
    assertEquals(1, attempts, "the key may follow");

    tls.refresh();

    assertEquals(2, attempts);
    assertIsCurrent(loaded.getLast());
    tls.refresh();
    assertEquals(2, attempts);
  }

  /// As after `chmod` or `chown`: neither time nor size of the files change.
  @Test
  void filesThatCouldNotBeReadAreTakenWhenTheyCanBeThoughNothingShowsIt() throws IOException {
    Files.writeString(certificate, "another");
    obstacle = new IOException("permission denied");
    tls.refresh();
    tls.refresh();
    tls.refresh();
    assertEquals(3, attempts, "it is tried each time");
    assertIsCurrent(loaded.getFirst());

    obstacle = null;
    tls.refresh();

    assertEquals(2, loaded.size());
    assertIsCurrent(loaded.getLast());
    tls.refresh();
    assertEquals(2, loaded.size());
  }

  @Test
  void peopleAreToldOnceOfFilesThatCannotBeUsedAndAgainOfOthers() throws IOException {
    Files.writeString(certificate, "another");
    obstacle =
        new IOException() {
          @Override
          public String getMessage() {
            told++;
            return "permission denied";
          }
        };
    for (int i = 0; i < 5; i++) {
      tls.refresh();
    }
    assertEquals(1, told);

    Files.writeString(certificate, "yet another one");
    for (int i = 0; i < 5; i++) {
      tls.refresh();
    }

    assertEquals(2, told);
  }

  @Test
  void aFaultOfWhoReadsThemIsNoEndEither() throws IOException {
    Files.writeString(certificate, "another");
    fault = new IllegalArgumentException("not a key");
    tls.refresh();
    tls.refresh();

    fault = null;
    tls.refresh();

    assertIsCurrent(loaded.getLast());
  }

  @Test
  void thereIsNoTlsToBeginWithOfFilesThatCannotBeUsed() {
    obstacle = new IOException("not a certificate");

    IOException refusal =
        assertThrows(IOException.class, () -> CurrentTls.of(List.of(certificate), this::load));

    assertSame(obstacle, refusal);
  }

  @Test
  void tlsOfNoFilesStays() throws IOException {
    assertFalse(CurrentTls.of(List.of(), this::load).mayChange());
    assertTrue(tls.mayChange());
  }

  private void assertIsCurrent(SslContext expected) {
    asked = null;
    tls.newHandler(ByteBufAllocator.DEFAULT);
    assertSame(expected, asked);
  }

  /// Tells the test when a connection asks for its TLS.
  private final class Asked extends DelegatingSslContext {
    Asked() throws SSLException {
      super(SslContextBuilder.forClient().sslProvider(SslProvider.JDK).build());
    }

    @Override
    protected void initEngine(SSLEngine engine) {
      asked = this;
    }
  }
}
