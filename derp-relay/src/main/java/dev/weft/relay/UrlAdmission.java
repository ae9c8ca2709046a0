package dev.weft.relay;

import static dev.weft.json.JsonTypes.BOOL;
import static dev.weft.json.JsonTypes.STRING;

import dev.weft.derp.ClientInfo;
import dev.weft.json.Json;
import dev.weft.json.JsonType;
import dev.weft.json.MalformedJson;
import dev.weft.json.ObjectType;
import dev.weft.keys.NodeKey;
import dev.weft.transport.derp.Admission;
import dev.weft.transport.tls.SystemTrust;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// Asks a control plane about each client, by `POST` of its key (`docs/protocol/dataplane.md
/// §5.4`).
final class UrlAdmission implements Admission, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int MAX_ANSWER_BYTES = 4 << 10;

  /// Clients whose answer is awaited. One more is refused, and tries again.
  private static final int MAX_ASKED = 256;

  private static final int OK = 200;

  record Question(NodeKey client, String source) {
    static final JsonType<Question> JSON =
        ObjectType.<Question, String[]>of(
                () -> new String[] {"", ""}, s -> new Question(NodeKey.parse(s[0]), s[1]))
            .always(
                "NodePublic", STRING, question -> question.client().toString(), (s, v) -> s[0] = v)
            .always("Source", STRING, Question::source, (s, v) -> s[1] = v)
            .build();
  }

  record Answer(boolean allow) {
    static final JsonType<Answer> JSON =
        ObjectType.<Answer, boolean[]>of(() -> new boolean[1], b -> new Answer(b[0]))
            .always("Allow", BOOL, Answer::allow, (b, v) -> b[0] = v)
            .build();
  }

  private final URI url;
  private final boolean failOpen;
  private final Semaphore room = new Semaphore(MAX_ASKED);
  private final HttpClient http;

  UrlAdmission(URI url, boolean failOpen) throws RelayException {
    this.url = url;
    this.failOpen = failOpen;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .executor(Executors.newVirtualThreadPerTaskExecutor());
    if ("https".equals(url.getScheme())) {
      builder.sslContext(systemTrust());
    }
    this.http = builder.build();
  }

  private static SSLContext systemTrust() throws RelayException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {SystemTrust.load()}, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new RelayException("cannot load the authorities that --verify-client-url needs", e);
    }
  }

  @Override
  public CompletionStage<Boolean> admit(NodeKey client, ClientInfo info, SocketAddress remote) {
    if (!room.tryAcquire()) {
      return CompletableFuture.completedStage(false);
    }
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    Json.encodeToText(Question.JSON, new Question(client, source(remote)))))
            .build();
    AtomicBoolean answered = new AtomicBoolean();
    BodyHandler<byte[]> body =
        _ -> {
          answered.set(true);
          return BodySubscribers.limiting(BodySubscribers.ofByteArray(), MAX_ANSWER_BYTES);
        };
    CompletableFuture<HttpResponse<byte[]>> exchange = http.sendAsync(request, body);
    return exchange
        .copy()
        .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .handle((response, failure) -> {
          room.release();
          if (failure != null) {
            exchange.cancel(true);
            // An answer that is none is no reason to serve everybody.
            return failOpen && !answered.get();
          }
          return response.statusCode() == OK && allows(response.body());
        });
  }

  private static String source(@Nullable SocketAddress remote) {
    return remote instanceof InetSocketAddress address && !address.isUnresolved()
        ? address.getAddress().getHostAddress()
        : "";
  }

  private static boolean allows(byte[] answer) {
    try {
      return Json.decode(Answer.JSON, answer).allow();
    } catch (MalformedJson e) {
      return false;
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
