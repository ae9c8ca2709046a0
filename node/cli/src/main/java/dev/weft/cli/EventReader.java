package dev.weft.cli;

import dev.weft.ipn.Notify;
import dev.weft.json.Json;
import dev.weft.json.MalformedJson;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.util.Optional;

/// The events of a watch, one after the other.
final class EventReader implements Closeable {
  private final LocalHttp http;
  private final Daemon daemon;

  EventReader(LocalHttp http, Daemon daemon) {
    this.http = http;
    this.daemon = daemon;
  }

  /// Waits for the next event; empty when the daemon has ended the watch or is gone.
  Optional<Notify> next() throws Failure {
    try {
      String line = http.nextLine();
      while (line != null && line.isBlank()) {
        line = http.nextLine();
      }
      return line == null ? Optional.empty() : Optional.of(Json.decode(Notify.JSON, line));
    } catch (MalformedJson e) {
      throw Failure.of("the daemon's event makes no sense: " + e.getMessage());
    } catch (EOFException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw daemon.lost(e);
    }
  }

  @Override
  public void close() throws IOException {
    http.close();
  }
}
