package dev.weft.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.ipn.serve.HttpHandler;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Backends that speak TLS with a certificate that nobody vouches for.
@Timeout(60)
class TlsBackendTest {
  private static final String PASSWORD = "password";

  @TempDir Path dir;

  @Test
  void aBackendIsReachedWithoutACheckWhereThatIsConfigured() throws Exception {
    try (SSLServerSocket socket = selfSigned();
        ScriptedBackend backend = echoing(socket);
        Rig rig = new Rig(Rig.PATIENT).serving("/", to("https+insecure", backend));
        HttpClientSocket client = rig.client()) {
      String body = "x".repeat(2_000_000);
      for (int i = 0; i < 3; i++) {
        client.send(
            "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        assertEquals(body, client.read().text());
      }
      assertEquals(1, backend.connections.get());
    }
  }

  @Test
  void aCertificateThatDoesNotHoldIsSaidToBeTheReason() throws Exception {
    try (SSLServerSocket socket = selfSigned();
        ScriptedBackend backend = echoing(socket);
        Rig rig = new Rig(Rig.PATIENT).serving("/", to("https", backend));
        HttpClientSocket client = rig.client()) {
      HttpClientSocket.Message answer = client.get("/").read();
      assertEquals(502, answer.status());
      assertTrue(answer.text().contains("cannot be reached: no secure connection"), answer.text());
      assertEquals(0, rig.onLoop(rig.pool::openCount));
    }
  }

  @Test
  void aBackendThatSpeaksNoTlsIsSaidTo() throws Exception {
    try (ScriptedBackend backend = new ScriptedBackend(c -> c.send("SSH-2.0-OpenSSH_9.2\r\n"));
        Rig rig = new Rig(Rig.PATIENT).serving("/", to("https+insecure", backend));
        HttpClientSocket client = rig.client()) {
      HttpClientSocket.Message answer = client.get("/").read();
      assertEquals(502, answer.status());
      assertTrue(answer.text().contains("cannot be reached"), answer.text());
    }
  }

  private static HttpHandler to(String scheme, ScriptedBackend backend) {
    return HttpHandler.proxyTo(scheme + "://127.0.0.1:" + backend.port(), List.of());
  }

  private static ScriptedBackend echoing(SSLServerSocket socket) {
    return new ScriptedBackend(
        socket, ScriptedBackend.answers(request -> ScriptedBackend.ok(request.text())));
  }

  private SSLServerSocket selfSigned() throws Exception {
    Path store = dir.resolve("store.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "a",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    assertTrue(keytool.waitFor(30, TimeUnit.SECONDS) && keytool.exitValue() == 0);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return (SSLServerSocket)
        context
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }
}
