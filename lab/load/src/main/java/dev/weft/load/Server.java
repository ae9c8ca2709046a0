package dev.weft.load;

import dev.weft.json.Json;
import dev.weft.json.MalformedJson;
import dev.weft.keys.MachineKey;
import dev.weft.tailcfg.CapabilityVersion;
import dev.weft.tailcfg.OverTlsPublicKeyResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/// The control server under load.
///
/// @param key proved in every handshake
/// @param tls whether connections go through TLS
record Server(URI url, MachineKey key, InetSocketAddress address, boolean tls) {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /// Asks the server for its key.
  static Server find(URI url) throws IOException, InterruptedException {
    URI question = url.resolve("/key?v=" + CapabilityVersion.CURRENT);
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
      String answer =
          http.send(
                  HttpRequest.newBuilder(question).timeout(PATIENCE).build(),
                  BodyHandlers.ofString())
              .body();
      MachineKey key = Json.decode(OverTlsPublicKeyResponse.JSON, answer).publicKey();
      if (key == null) {
        throw new IOException(url + " shows no Noise key");
      }
      boolean tls = url.getScheme().equalsIgnoreCase("https");
      int port = url.getPort() >= 0 ? url.getPort() : tls ? 443 : 80;
      return new Server(
          url, key, new InetSocketAddress(InetAddress.getByName(url.getHost()), port), tls);
    } catch (MalformedJson e) {
      throw new IOException(url + " is not a control server", e);
    }
  }

  String authority() {
    return url.getRawAuthority();
  }
}
