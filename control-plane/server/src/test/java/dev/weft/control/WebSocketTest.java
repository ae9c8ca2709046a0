package dev.weft.control;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.weft.base.Entropy;
import dev.weft.keys.MachinePrivateKey;
import dev.weft.testkit.SeededEntropy;
import dev.weft.ts2021.ClientHandshake;
import dev.weft.ts2021.HandshakeOutcome;
import dev.weft.ts2021.SecureChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The way that browsers take (`docs/protocol/control.md` §2.1), with a WebSocket that is not ours.
@Timeout(60)
final class WebSocketTest {
  private static final String PROTOCOL = "tailscale-control-protocol";
  private static final int RESPONSE_BYTES = 51;
  private static final int POLICY_VIOLATION = 1008;

  /// The client's preface and empty settings, RFC 9113 §3.4.
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(US_ASCII);

  private static final int SETTINGS = 4;

  @TempDir Path dir;
  private final Entropy entropy = new SeededEntropy(13)::fill;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Listener listener = new Listener();
  private ControlServer server;

  @BeforeEach
  void start() throws IOException {
    server = ControlServer.start(ControlServerTest.settings(dir.resolve("state")));
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void http2IsSpokenInsideWithoutAnEarlyPayload() throws Exception {
    ClientHandshake handshake =
        ClientHandshake.begin(
            TestNode.CAP, MachinePrivateKey.generate(entropy), server.publicKey(), entropy);
    String initiation = Base64.getEncoder().encodeToString(handshake.initiation());
    WebSocket socket = open("?X-Tailscale-Handshake=" + URLEncoder.encode(initiation, UTF_8));
    assertEquals(PROTOCOL, socket.getSubprotocol());
    SecureChannel channel =
        assertInstanceOf(
                HandshakeOutcome.Established.class,
                handshake.handleResponse(listener.take(RESPONSE_BYTES)))
            .channel();
    // However the client cuts it.
    byte[] record = new byte[SecureChannel.recordLength(PREFACE.length)];
    channel.seal(PREFACE, 0, PREFACE.length, record, 0);
    socket.sendBinary(ByteBuffer.wrap(record, 0, 5), true).get();
    socket.sendBinary(ByteBuffer.wrap(record, 5, 9), false).get();
    socket.sendBinary(ByteBuffer.wrap(record, 14, record.length - 14), true).get();

    byte[] header = listener.take(3);
    int length = (header[1] & 0xff) << 8 | header[2] & 0xff;
    byte[] answer = Arrays.copyOf(header, 3 + length);
    System.arraycopy(listener.take(length), 0, answer, 3, length);
    byte[] plain = new byte[answer.length];
    assertNull(channel.open(answer, 0, plain, 0));
    assertEquals(SETTINGS, plain[3]);
    socket.abort();
  }

  @Test
  void aBrokenInitiationIsAgainstThePolicy() throws Exception {
    open("?X-Tailscale-Handshake=AAAA");
    assertEquals(POLICY_VIOLATION, listener.closed.get(20, TimeUnit.SECONDS));
  }

  @Test
  void noInitiationIsAgainstThePolicy() throws Exception {
    open("");
    assertEquals(POLICY_VIOLATION, listener.closed.get(20, TimeUnit.SECONDS));
  }

  @Test
  void anotherProtocolIsAgainstThePolicy() throws Exception {
    client.newWebSocketBuilder().buildAsync(uri(""), listener).get(20, TimeUnit.SECONDS);
    assertEquals(POLICY_VIOLATION, listener.closed.get(20, TimeUnit.SECONDS));
  }

  private WebSocket open(String query) throws Exception {
    return client
        .newWebSocketBuilder()
        .subprotocols(PROTOCOL)
        .buildAsync(uri(query), listener)
        .get(20, TimeUnit.SECONDS);
  }

  private URI uri(String query) {
    return URI.create("ws://127.0.0.1:" + server.address().getPort() + "/ts2021" + query);
  }

  /// The messages as one stream of bytes.
  private static final class Listener implements WebSocket.Listener {
    private final BlockingQueue<Byte> bytes = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();

    byte[] take(int count) throws InterruptedException {
      ByteArrayOutputStream taken = new ByteArrayOutputStream();
      while (taken.size() < count) {
        Byte next = bytes.poll(20, TimeUnit.SECONDS);
        if (next == null) {
          throw new AssertionError("only " + taken.size() + " of " + count + " bytes came");
        }
        taken.write(next);
      }
      return taken.toByteArray();
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      while (data.hasRemaining()) {
        bytes.add(data.get());
      }
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      closed.complete(status);
      return null;
    }
  }
}
