package dev.weft.control;

import dev.weft.transport.tls.ChangedFiles;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The TLS of connections to come: made of an admin's files, and again when those are replaced, as
/// certificates are every few weeks. Files that cannot be used change nothing.
final class CurrentTls implements Supplier<SslContext> {
  private static final Logger log = LoggerFactory.getLogger(CurrentTls.class);

  private final ControlSettings.Tls files;
  private final ChangedFiles changes;
  private volatile SslContext context;

  /// @throws IOException saying what is wrong with the files
  CurrentTls(ControlSettings.Tls files) throws IOException {
    this.files = files;
    this.changes = new ChangedFiles(List.of(files.certificate(), files.key()));
    this.context = ServerTls.of(files);
  }

  /// Any thread.
  @Override
  public SslContext get() {
    return context;
  }

  /// Looks whether the files were replaced. To be called every second or so; blocks.
  void refresh() {
    if (!changes.haveChanged()) {
      return;
    }
    try {
      context = ServerTls.of(files);
      log.info("new connections get the certificate that is now in {}", files.certificate());
    } catch (IOException | RuntimeException e) {
      log.warn("the TLS certificate stays as it was: {}", e.getMessage());
    }
  }
}
