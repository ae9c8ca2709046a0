package dev.weft.relay;

import dev.weft.keys.NodeKey;
import dev.weft.transport.tls.ChangedFiles;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/// The TLS of connections to come: of the relay's own certificate, or of one in a folder, which is
/// read again when it is replaced. One that cannot be used changes nothing.
final class CurrentTls implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("weft.relay");

  private final NodeKey relay;
  private final String hostname;
  private final Optional<Path> folder;
  private final Optional<ChangedFiles> changes;
  private final RelayCertificate certificate;
  private SslContext context;
  private boolean closed;

  private CurrentTls(
      NodeKey relay,
      String hostname,
      Optional<Path> folder,
      Optional<ChangedFiles> changes,
      RelayCertificate certificate,
      Instant wallNow)
      throws RelayException {
    this.relay = relay;
    this.hostname = hostname;
    this.folder = folder;
    this.changes = changes;
    this.certificate = certificate;
    this.context = RelayTls.context(certificate, SelfSigned.meta(relay, wallNow));
  }

  static CurrentTls of(RelaySettings settings, KeptFiles files, NodeKey relay, Instant wallNow)
      throws RelayException {
    String hostname = settings.hostname();
    Optional<Path> folder = settings.certDir();
    Optional<ChangedFiles> changes =
        folder.map(path -> new ChangedFiles(RelayCertificate.files(path, hostname)));
    RelayCertificate certificate =
        folder.isPresent()
            ? RelayCertificate.given(folder.get(), hostname)
            : RelayCertificate.own(files, hostname, wallNow);
    return new CurrentTls(relay, hostname, folder, changes, certificate, wallNow);
  }

  /// What a DERP map says of the certificate; empty when the host's name is enough. It stays: one
  /// that is replaced is never pinned.
  Optional<String> certName() {
    return certificate.certName();
  }

  /// Any thread.
  synchronized SslHandler newHandler(ByteBufAllocator allocator) {
    return context.newHandler(allocator);
  }

  boolean mayChange() {
    return changes.isPresent();
  }

  /// Looks whether the certificate was replaced. Blocks.
  void refresh(Instant wallNow) {
    if (!changes.orElseThrow().haveChanged()) {
      return;
    }
    try {
      RelayCertificate renewed = RelayCertificate.given(folder.orElseThrow(), hostname);
      replace(RelayTls.context(renewed, SelfSigned.meta(relay, wallNow)));
      LOG.log(Level.INFO, "new connections get the certificate that is now in {0}", folder.get());
    } catch (RelayException e) {
      LOG.log(Level.WARNING, "the certificate stays as it was: {0}", e.getMessage());
    }
  }

  private synchronized void replace(SslContext renewed) {
    // Connections that are open keep what they need of it.
    ReferenceCountUtil.release(closed ? renewed : context);
    context = closed ? context : renewed;
  }

  /// No connection comes any more.
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      ReferenceCountUtil.release(context);
    }
  }
}
