package dev.weft.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A daemon whose state file is damaged.
@Timeout(60)
class UnhealthyNodeTest {
  private static final String DAMAGED = "{\"Version\":1,\"Sections\":{\"Prefs\":";

  @Test
  void itAnswersSaysWhyRefusesUpAndLeavesTheFileAlone(@TempDir Path folder) throws Exception {
    Path state = Files.writeString(folder.resolve("weft.state"), DAMAGED);
    Path socket = folder.resolve("sock");
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    CompletableFuture<Integer> exit = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(() ->
            exit.complete(
                DaemonCommand.run(
                    List.of("--statedir=" + folder, "--socket=" + socket),
                    Map.of(),
                    new PrintStream(new ByteArrayOutputStream(), true, UTF_8),
                    new PrintStream(err, true, UTF_8))));

    String status = ask(socket, exit, "GET", "status", "");
    assertTrue(status.contains("\"BackendState\": \"NoState\""), status);
    assertTrue(status.contains("damaged"), status);
    String refused = ask(socket, exit, "POST", "start", "{}");
    assertTrue(refused.contains("cannot start backend when state store is unhealthy"), refused);
    ask(socket, exit, "POST", "shutdown", "");

    assertEquals(1, exit.get(30, TimeUnit.SECONDS));
    assertTrue(err.toString(UTF_8).contains("is damaged"), err.toString(UTF_8));
    assertEquals(DAMAGED, Files.readString(state));
  }

  /// Waits for a daemon that is still on its way; fails when it has ended.
  private static String ask(
      Path socket, CompletableFuture<Integer> exit, String method, String endpoint, String body)
      throws IOException, InterruptedException {
    String request =
        method
            + " /localapi/v0/"
            + endpoint
            + " HTTP/1.1\r\nConnection: close\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body;
    try (SocketChannel channel = connect(socket, exit)) {
      channel.write(ByteBuffer.wrap(request.getBytes(UTF_8)));
      ByteBuffer answer = ByteBuffer.allocate(1 << 20);
      while (channel.read(answer) >= 0) {
        assertTrue(answer.hasRemaining());
      }
      return new String(answer.array(), 0, answer.position(), UTF_8);
    }
  }

  private static SocketChannel connect(Path socket, CompletableFuture<Integer> exit)
      throws InterruptedException {
    while (true) {
      try {
        return SocketChannel.open(UnixDomainSocketAddress.of(socket));
      } catch (IOException _) {
        assertFalse(exit.isDone(), "the daemon ended");
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
  }
}
