package dev.weft.control;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// Makes TLS from the files of an admin, and tries it: a key that is not the certificate's is found
/// now, not by the first client.
final class ServerTls {
  private static final int ROOM = 64 * 1024;

  /// Flights of a handshake, and to spare.
  private static final int MAX_TURNS = 20;

  private ServerTls() {}

  static SslContext of(ControlSettings.Tls files) throws IOException {
    for (Path file : List.of(files.certificate(), files.key())) {
      if (!Files.isReadable(file)) {
        throw new IOException(
            "cannot read %s, which --tls-cert and --tls-key name".formatted(file));
      }
    }
    SslContext context;
    try {
      context =
          SslContextBuilder.forServer(files.certificate().toFile(), files.key().toFile())
              .protocols(List.of("TLSv1.3", "TLSv1.2"))
              .build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new IOException(
          "cannot use the certificate %s with the key %s: %s"
              .formatted(files.certificate(), files.key(), e.getMessage()),
          e);
    }
    SSLEngine server = context.newEngine(UnpooledByteBufAllocator.DEFAULT);
    try {
      shakeHands(server, client());
    } catch (SSLException e) {
      ReferenceCountUtil.release(context);
      throw new IOException(
          "the key in %s is not that of the certificate %s"
              .formatted(files.key(), files.certificate()),
          e);
    } finally {
      ReferenceCountUtil.release(server);
    }
    return context;
  }

  private static void shakeHands(SSLEngine server, SSLEngine client) throws SSLException {
    ByteBuffer toServer = ByteBuffer.allocate(ROOM);
    ByteBuffer toClient = ByteBuffer.allocate(ROOM);
    client.setUseClientMode(true);
    client.beginHandshake();
    server.beginHandshake();
    for (int turn = 0; turn < MAX_TURNS; turn++) {
      advance(client, toClient, toServer);
      if (client.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING) {
        return; // it has seen the server's proof
      }
      advance(server, toServer, toClient);
    }
    throw new SSLException("the handshake does not end");
  }

  private static void advance(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    ByteBuffer plain = ByteBuffer.allocate(ROOM);
    in.flip();
    boolean moved = true;
    while (moved) {
      HandshakeStatus status = engine.getHandshakeStatus();
      SSLEngineResult result;
      if (status == HandshakeStatus.NEED_TASK) {
        for (Runnable task = engine.getDelegatedTask();
            task != null;
            task = engine.getDelegatedTask()) {
          task.run();
        }
        continue;
      } else if (status == HandshakeStatus.NEED_WRAP) {
        result = engine.wrap(ByteBuffer.allocate(0), out);
      } else if (in.hasRemaining()) {
        result = engine.unwrap(in, plain);
      } else {
        break;
      }
      moved = result.bytesConsumed() > 0 || result.bytesProduced() > 0;
    }
    in.compact();
  }

  /// Whoever the certificate is for, and whoever signed it: only the key is in question.
  private static SSLEngine client() throws SSLException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Anybody()}, null);
      return context.createSSLEngine();
    } catch (GeneralSecurityException e) {
      throw new SSLException(e);
    }
  }

  private static final class Anybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
