package dev.weft.relay;

import dev.weft.derp.ClientInfo;
import dev.weft.keys.NodeKey;
import dev.weft.transport.derp.Admission;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Serves the peers of the node on this machine: asks its daemon, ours or the official one, who has
/// a client's key. While the daemon does not answer, nobody new is served.
final class DaemonAdmission implements Admission {
  private static final int PATIENCE_SECONDS = 5;
  private static final int MAX_ASKED = 256;
  private static final String FOUND = "HTTP/1.1 200 ";

  private final Path socket;
  private final Semaphore room = new Semaphore(MAX_ASKED);

  DaemonAdmission(Path socket) {
    this.socket = socket;
  }

  @Override
  public CompletionStage<Boolean> admit(NodeKey client, ClientInfo info, SocketAddress remote) {
    if (!room.tryAcquire()) {
      return CompletableFuture.completedStage(false);
    }
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    Thread asking =
        Thread.ofVirtual()
            .name("derp-relay-whois")
            .start(() -> {
              try {
                answer.complete(knows(client));
              } catch (IOException e) {
                answer.complete(false);
              } finally {
                room.release();
              }
            });
    return answer
        .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
        // Closes the socket that it waits for.
        .whenComplete((_, _) -> asking.interrupt());
  }

  private boolean knows(NodeKey client) throws IOException {
    try (SocketChannel daemon = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      daemon.connect(UnixDomainSocketAddress.of(socket));
      String request =
          "GET /localapi/v0/whois?addr="
              + client
              + " HTTP/1.1\r\nHost: local-tailscaled.sock\r\nConnection: close\r\n\r\n";
      daemon.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
      ByteBuffer head = ByteBuffer.allocate(FOUND.length());
      while (head.hasRemaining()) {
        if (daemon.read(head) < 0) {
          return false;
        }
      }
      return new String(head.array(), StandardCharsets.US_ASCII).equals(FOUND);
    }
  }
}
