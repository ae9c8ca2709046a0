package dev.weft.transport.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The TLS of a server's connections to come: made of an admin's files, and again when those are
/// replaced, as certificates are every few weeks.
///
/// Files that cannot be used change nothing. They are tried again each time until they can: what
/// was in the way, say who may read them, may go without a trace on the files. People are told of
/// it once.
///
/// The caller says how TLS is made of the files, and calls [#refresh] every second or so.
public final class CurrentTls implements AutoCloseable {
  /// Makes TLS of what is in the files now.
  @FunctionalInterface
  public interface Loading<E extends IOException> {
    /// @throws E saying what is wrong with the files
    SslContext load() throws E;
  }

  private static final Logger LOG = LoggerFactory.getLogger(CurrentTls.class);

  private final List<Path> files;
  private final Loading<?> loading;
  private final ChangedFiles changes;
  private final Lock refreshing = new ReentrantLock();
  private ChangedFiles.@Nullable Look refused;
  private SslContext context;
  private boolean closed;

  private CurrentTls(
      List<Path> files, ChangedFiles changes, Loading<?> loading, SslContext context) {
    this.files = List.copyOf(files);
    this.changes = changes;
    this.loading = loading;
    this.context = context;
  }

  /// @param files the certificate and what belongs to it; none for TLS that stays
  /// @throws E when there is no TLS to begin with
  public static <E extends IOException> CurrentTls of(List<Path> files, Loading<E> loading)
      throws E {
    ChangedFiles changes = new ChangedFiles(files); // before they are read
    return new CurrentTls(files, changes, loading, loading.load());
  }

  /// Any thread.
  public synchronized SslHandler newHandler(ByteBufAllocator allocator) {
    return context.newHandler(allocator);
  }

  public boolean mayChange() {
    return !files.isEmpty();
  }

  /// Looks whether the files were replaced. Any thread; blocks.
  public void refresh() {
    refreshing.lock();
    try {
      changes.change().ifPresent(this::load);
    } finally {
      refreshing.unlock();
    }
  }

  private void load(ChangedFiles.Look found) {
    try {
      replace(loading.load());
      changes.markKnown(found);
      refused = null;
      LOG.info("new connections get the certificate that is now in {}", files.getFirst());
    } catch (IOException | RuntimeException e) {
      if (!found.equals(refused)) {
        refused = found;
        String why = e instanceof IOException ? e.getMessage() : e.toString();
        LOG.warn("the TLS certificate stays as it was: {}", why);
      }
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
