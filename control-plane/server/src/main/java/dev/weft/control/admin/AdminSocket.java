package dev.weft.control.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weft.control.tailnet.Tailnet;
import dev.weft.json.Json;
import dev.weft.json.MalformedJson;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The server's end of the admin socket.
public final class AdminSocket implements AutoCloseable {
  /// Below the state folder.
  public static final String NAME = "control.sock";

  static final int MAX_REQUEST = 64 * 1024;

  /// How long a request and its answer may take: one that never ends takes the place of others.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// Requests answered at once; more wait.
  private static final int MAX_CONCURRENT = 16;

  private static final Logger log = LoggerFactory.getLogger(AdminSocket.class);

  private final Path path;
  private final ServerSocketChannel server;
  private final Access access;
  private final Duration patience;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("weft-admin-timer").daemon().factory());
  private final Semaphore slots = new Semaphore(MAX_CONCURRENT);

  private AdminSocket(Path path, ServerSocketChannel server, Access access, Duration patience) {
    this.path = path;
    this.server = server;
    this.access = access;
    this.patience = patience;
  }

  /// How to get at the tailnet.
  public interface Access {
    /// Runs the action with the lock held.
    <T> T with(BiFunction<Tailnet, Tailnet.Output, T> action);

    Instant now();
  }

  /// Listens on the socket. One that a killed server left behind is taken over: the caller made
  /// sure that it runs alone.
  public static AdminSocket listen(Path stateDir, Access access) throws IOException {
    return listen(stateDir, access, PATIENCE);
  }

  static AdminSocket listen(Path stateDir, Access access, Duration patience) throws IOException {
    Path path = stateDir.resolve(NAME);
    Files.deleteIfExists(path);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(path));
      // The folder is the owner's alone, so there is no moment in which somebody else could
      // connect.
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      server.close();
      throw new IOException("cannot listen on " + path + ": " + e.getMessage(), e);
    }
    AdminSocket socket = new AdminSocket(path, server, access, patience);
    Thread.ofVirtual().name("weft-admin").start(socket::accept);
    return socket;
  }

  public Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
    timer.shutdownNow();
    Files.deleteIfExists(path);
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        slots.acquire();
        SocketChannel client = server.accept();
        threads.execute(() -> serve(client));
      } catch (IOException e) {
        slots.release();
        log.debug("admin socket: {}", e.getMessage());
      } catch (InterruptedException _) {
        return;
      }
    }
  }

  private void serve(SocketChannel client) {
    Future<?> deadline =
        timer.schedule(() -> closeQuietly(client), patience.toMillis(), TimeUnit.MILLISECONDS);
    try (client) {
      byte[] line = Lines.read(Channels.newInputStream(client), MAX_REQUEST);
      AdminReply reply = answer(line);
      OutputStream out = Channels.newOutputStream(client);
      out.write((Json.encodeToText(AdminReply.JSON, reply) + "\n").getBytes(UTF_8));
      out.flush();
    } catch (IOException e) {
      log.debug("admin request: {}", e.getMessage());
    } finally {
      deadline.cancel(false);
      slots.release();
    }
  }

  private static void closeQuietly(SocketChannel client) {
    try {
      client.close();
    } catch (IOException e) {
      log.debug("admin request: {}", e.getMessage());
    }
  }

  private AdminReply answer(byte[] line) {
    try {
      AdminRequest request = Json.decode(AdminRequest.JSON, line);
      return access.with(
          (tailnet, out) -> new AdminApi(tailnet, out, access.now()).answer(request));
    } catch (MalformedJson e) {
      return AdminReply.builder().error("malformed request: " + e.getMessage()).build();
    } catch (RuntimeException e) {
      log.warn("an admin's request failed", e);
      return AdminReply.builder().error("failed: " + e.getMessage()).build();
    }
  }
}
