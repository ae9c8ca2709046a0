package dev.weft.ipn.serve;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// Which changes of a configuration the daemon refuses (`docs/protocol/services.md` §1.2). The
/// words are the original's, since users search for them.
final class ServeConflict {
  private ServeConflict() {}

  static @Nullable String between(ServeConfig existing, ServeConfig incoming) {
    String conflict = newForegroundOnTakenPort(existing, incoming);
    if (conflict == null) {
      conflict = backgroundOnForegroundPort(existing, incoming);
    }
    if (conflict == null) {
      conflict = changedKind(existing, incoming);
    }
    return conflict == null ? ofServices(existing, incoming) : conflict;
  }

  private static @Nullable String newForegroundOnTakenPort(
      ServeConfig existing, ServeConfig incoming) {
    for (Map.Entry<String, ServeConfig> session : incoming.foreground().entrySet()) {
      if (existing.foreground().containsKey(session.getKey())) {
        continue;
      }
      for (int port : session.getValue().tcp().keySet()) {
        if (existing.findTcp(port).isPresent()) {
          return "listener already exists for port " + port;
        }
      }
    }
    return null;
  }

  private static @Nullable String backgroundOnForegroundPort(
      ServeConfig existing, ServeConfig incoming) {
    for (int port : incoming.tcp().keySet()) {
      if (existing.findForegroundTcp(port).isPresent()) {
        return "foreground listener already exists for port " + port;
      }
    }
    return null;
  }

  private static @Nullable String changedKind(ServeConfig existing, ServeConfig incoming) {
    for (Map.Entry<Integer, TcpPortHandler> entry : incoming.tcp().entrySet()) {
      Optional<TcpPortHandler> old = existing.findTcp(entry.getKey());
      String change =
          old.isEmpty() ? null : changedKind(old.get(), entry.getValue(), entry.getKey());
      if (change != null) {
        return change;
      }
    }
    return null;
  }

  private static @Nullable String changedKind(TcpPortHandler old, TcpPortHandler next, int port) {
    if (old.kind().equals(next.kind())) {
      return null;
    }
    return "want to serve \"%s\", but port %d is already serving \"%s\""
        .formatted(spelling(next), port, spelling(old));
  }

  private static String spelling(TcpPortHandler handler) {
    return handler.kind().map(ServeKind::toString).orElse("unknownServeType");
  }

  private static @Nullable String ofServices(ServeConfig existing, ServeConfig incoming) {
    for (Map.Entry<String, ServiceConfig> entry : incoming.services().entrySet()) {
      String name = entry.getKey();
      ServiceConfig next = entry.getValue();
      if (next.tun() && hasHandlers(next)) {
        return "cannot configure TUN mode in combination with TCP or web handlers for " + name;
      }
      ServiceConfig old = existing.services().get(name);
      String conflict = old == null ? null : ofService(old, next, name);
      if (conflict != null) {
        return conflict;
      }
    }
    return null;
  }

  private static @Nullable String ofService(ServiceConfig old, ServiceConfig next, String name) {
    SortedMap<Integer, TcpPortHandler> ports = old.tcp();
    for (Map.Entry<Integer, TcpPortHandler> entry : next.tcp().entrySet()) {
      TcpPortHandler was = ports.get(entry.getKey());
      String change = was == null ? null : changedKind(was, entry.getValue(), entry.getKey());
      if (change != null) {
        return change + " for " + name;
      }
    }
    if (next.tun() && hasHandlers(old)) {
      return "cannot turn on TUN mode with existing TCP or web handlers for " + name;
    }
    if (hasHandlers(next) && old.tun()) {
      return "cannot add TCP or web handlers as TUN mode is enabled for " + name;
    }
    return null;
  }

  private static boolean hasHandlers(ServiceConfig service) {
    return !service.tcp().isEmpty() || !service.web().isEmpty();
  }
}
