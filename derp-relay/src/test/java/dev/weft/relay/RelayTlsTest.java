package dev.weft.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.base.Bytes;
import dev.weft.keys.NodeKey;
import dev.weft.transport.derp.DerpTls;
import dev.weft.transport.derp.MetaCertificate;
import dev.weft.transport.derp.RelayIdentity;
import dev.weft.transport.tls.CurrentTls;
import dev.weft.transport.tls.SystemTrust;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RelayTlsTest {
  private static final NodeKey KEY = new NodeKey(Bytes.fromHex("ab".repeat(32)));
  private final Instant now = Instant.now();

  @ParameterizedTest
  @EnumSource(
      value = SslProvider.class,
      names = {"JDK", "OPENSSL"})
  void theChainIsTheCertificateAndTheOneThatTellsTheKey(SslProvider provider) throws Exception {
    assertTrue(provider == SslProvider.JDK || OpenSsl.isAvailable());
    SelfSigned made = SelfSigned.forHost("relay.example", now);
    RelayCertificate certificate =
        new RelayCertificate(made.key(), List.of(made.certificate()), true);
    X509Certificate meta = SelfSigned.meta(KEY, now);
    RelayIdentity identity =
        RelayIdentity.of("relay.example", certificate.certName().orElseThrow(), false);

    SslHandler server =
        RelayTls.context(certificate, meta, provider).newHandler(ByteBufAllocator.DEFAULT);
    SslHandler client =
        DerpTls.clientHandler(
            identity, SystemTrust.of(List.of()), ByteBufAllocator.DEFAULT, "relay.example", 443);
    handshake(server, client);

    var chain = client.engine().getSession().getPeerCertificates();
    assertEquals(List.of(made.certificate(), meta), List.of(chain));
    assertEquals(KEY, MetaCertificate.relayKey(chain).orElseThrow());
  }

  @ParameterizedTest
  @EnumSource(
      value = SslProvider.class,
      names = {"JDK", "OPENSSL"})
  void anAuthorityOfTheMachineVouchesByName(SslProvider provider) throws Exception {
    SelfSigned made = SelfSigned.forHost("127.0.0.1", now.minus(Duration.ofDays(100)));
    RelayCertificate certificate =
        new RelayCertificate(made.key(), List.of(made.certificate()), false);

    SslHandler server =
        RelayTls.context(certificate, SelfSigned.meta(KEY, now), provider)
            .newHandler(ByteBufAllocator.DEFAULT);
    SslHandler client =
        DerpTls.clientHandler(
            RelayIdentity.of("127.0.0.1", "", false),
            SystemTrust.of(List.of(made.certificate())),
            ByteBufAllocator.DEFAULT,
            "127.0.0.1",
            443);
    handshake(server, client);

    assertEquals("TLSv1.3", client.engine().getSession().getProtocol());
  }

  @Test
  void aCertificateThatIsReplacedIsTheNextConnections(@TempDir Path dir) throws Exception {
    SelfSigned first = write(dir, SelfSigned.forHost("relay.example", now));
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    RelaySettings settings =
        RelaySettings.of(any, any, "relay.example", dir.resolve("state")).withCertDir(dir);
    KeptFiles kept = new KeptFiles(dir.resolve("state"));
    try (CurrentTls tls = ServingTls.of(settings, kept, KEY, () -> now).current()) {
      assertEquals(first.certificate(), leafOf(tls, first));

      SelfSigned second = write(dir, SelfSigned.forHost("relay.example", now));
      tls.refresh();
      assertEquals(first.certificate(), leafOf(tls, first), "it may still be written");
      tls.refresh();
      assertEquals(second.certificate(), leafOf(tls, second));

      write(dir, SelfSigned.forHost("another.example", now));
      tls.refresh();
      tls.refresh();
      assertEquals(second.certificate(), leafOf(tls, second), "the new one cannot be used");
    }
  }

  private static SelfSigned write(Path dir, SelfSigned made) throws Exception {
    Files.writeString(dir.resolve("relay.example.crt"), made.certificatePem());
    Files.writeString(dir.resolve("relay.example.key"), made.keyPem());
    return made;
  }

  private static Certificate leafOf(CurrentTls tls, SelfSigned trusted) throws Exception {
    SslHandler client =
        DerpTls.clientHandler(
            RelayIdentity.of("relay.example", "", false),
            SystemTrust.of(List.of(trusted.certificate())),
            ByteBufAllocator.DEFAULT,
            "relay.example",
            443);
    handshake(tls.newHandler(ByteBufAllocator.DEFAULT), client);
    return client.engine().getSession().getPeerCertificates()[0];
  }

  private static void handshake(SslHandler server, SslHandler client) {
    EmbeddedChannel atServer = new EmbeddedChannel(server);
    EmbeddedChannel atClient = new EmbeddedChannel(client);
    boolean moved = true;
    while (moved) {
      moved = carry(atClient, atServer);
      moved |= carry(atServer, atClient);
    }
    assertTrue(client.handshakeFuture().isSuccess(), () -> "" + client.handshakeFuture().cause());

    assertTrue(atServer.isOpen());
  }

  private static boolean carry(EmbeddedChannel from, EmbeddedChannel to) {
    from.runPendingTasks();
    Object message = from.readOutbound();
    if (message == null) {
      return false;
    }
    to.writeInbound(message);
    return true;
  }
}
