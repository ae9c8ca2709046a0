package dev.weft.control.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.control.tailnet.Tailnet;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class AdminSocketTest {
  /// More than are answered at once.
  private static final int SLOW = 20;

  @TempDir Path folder;

  /// No request of these tests gets as far as the tailnet.
  private static final class Nothing implements AdminSocket.Access {
    @Override
    public <T> T with(BiFunction<Tailnet, Tailnet.Output, T> action) {
      throw new AssertionError("nobody asked for this");
    }

    @Override
    public Instant now() {
      return Instant.EPOCH;
    }
  }

  @Test
  void thoseWhoNeverFinishTheirRequestAreLeftAndOthersGetTheirTurn() throws IOException {
    try (AdminSocket socket = AdminSocket.listen(folder, new Nothing(), Duration.ofMillis(300))) {
      List<SocketChannel> slow = new ArrayList<>();
      for (int i = 0; i < SLOW; i++) {
        SocketChannel client = connect(socket);
        client.write(ByteBuffer.wrap("{".getBytes(UTF_8)));
        slow.add(client);
      }
      for (SocketChannel client : slow) {
        assertTrue(isEnded(client));
        client.close();
      }
      try (SocketChannel client = connect(socket)) {
        client.write(ByteBuffer.wrap("nonsense\n".getBytes(UTF_8)));
        ByteBuffer answer = ByteBuffer.allocate(1000);
        assertTrue(client.read(answer) > 0, "an answer comes");
        assertEquals('{', answer.get(0));
      }
    }
  }

  private static SocketChannel connect(AdminSocket socket) throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(socket.path()));
  }

  private static boolean isEnded(SocketChannel client) {
    try {
      return client.read(ByteBuffer.allocate(1)) < 0;
    } catch (IOException _) {
      return true; // reset
    }
  }
}
