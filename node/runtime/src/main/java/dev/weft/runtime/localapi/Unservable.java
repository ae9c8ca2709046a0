package dev.weft.runtime.localapi;

import dev.weft.ipn.serve.HttpHandler;
import dev.weft.ipn.serve.HttpHandler.Action;
import dev.weft.ipn.serve.ServeConfig;
import dev.weft.ipn.serve.TcpPortHandler;
import dev.weft.ipn.serve.WebServerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a serve configuration may say and this version of the node does not do. It is refused when
/// it is set, by whatever client: accepted, it would look served to its owner and be an error page
/// or a closed port to everybody else.
final class Unservable {
  private static final String NOT_HERE = " is not part of this version of Weft";

  private Unservable() {}

  /// Why `next` cannot be taken; null when it can. What stands in `current` already, from another
  /// version, does not keep its owner from changing the rest.
  static @Nullable String of(ServeConfig next, ServeConfig current) {
    String why = ofPart(next, current);
    for (Map.Entry<String, ServeConfig> session : next.foreground().entrySet()) {
      ServeConfig before = current.foreground().getOrDefault(session.getKey(), ServeConfig.EMPTY);
      why = why == null ? ofPart(session.getValue(), before) : why;
    }
    return why;
  }

  private static @Nullable String ofPart(ServeConfig next, ServeConfig current) {
    if (!next.services().isEmpty() && !next.services().equals(current.services())) {
      return "serving as a VIP service" + NOT_HERE;
    }
    if (next.allowFunnel().containsValue(true)
        && !next.allowFunnel().equals(current.allowFunnel())) {
      return "Funnel" + NOT_HERE;
    }
    String why = ofWeb(next, current);
    return why == null ? ofTcp(next, current) : why;
  }

  private static @Nullable String ofWeb(ServeConfig next, ServeConfig current) {
    for (var host : next.web().entrySet()) {
      WebServerConfig before = current.web().get(host.getKey());
      List<HttpHandler> added = new ArrayList<>(host.getValue().handlers().values());
      added.removeAll(before == null ? List.of() : before.handlers().values());
      for (HttpHandler handler : added) {
        String why = ofHandler(handler);
        if (why != null) {
          return why;
        }
      }
    }
    return null;
  }

  private static @Nullable String ofHandler(HttpHandler handler) {
    if (handler.action() instanceof Action.Path) {
      return "serving files and folders" + NOT_HERE + ": serve the port of a web server instead";
    }
    if (handler.proxy().startsWith("unix:")) {
      return "serving a Unix socket" + NOT_HERE + ": serve a port instead";
    }
    return handler.acceptAppCaps().isEmpty()
        ? null
        : "telling a backend app capabilities" + NOT_HERE;
  }

  private static @Nullable String ofTcp(ServeConfig next, ServeConfig current) {
    for (Map.Entry<Integer, TcpPortHandler> entry : next.tcp().entrySet()) {
      TcpPortHandler handler = entry.getValue();
      boolean isNew = !handler.equals(current.tcp().get(entry.getKey()));
      if (isNew && (handler.https() || !handler.terminateTls().isEmpty())) {
        return "port %d cannot be served with TLS, for which this version of Weft gets no certificates: use --http=80 or --tcp=%d instead"
            .formatted(entry.getKey(), entry.getKey());
      }
      if (isNew && handler.tcpForward().startsWith("unix:")) {
        return "forwarding to a Unix socket" + NOT_HERE + ": forward to a port instead";
      }
    }
    return null;
  }
}
