package dev.weft.ipn.serve;

import static dev.weft.json.JsonTypes.mapOf;

import dev.weft.json.Json;
import dev.weft.json.JsonIndent;
import dev.weft.json.JsonType;
import dev.weft.json.MalformedJson;
import dev.weft.json.ObjectType;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Everything that a node serves (`docs/protocol/services.md` §1.1). Immutable: an edit returns the
/// changed configuration, with containers that became empty removed, as the original leaves them.
///
/// @param tcp what each port does
/// @param web virtual hosts of the ports that speak HTTP
/// @param services by name, `svc:label`
/// @param allowFunnel which virtual hosts the internet may reach
/// @param foreground configurations that live as long as the session that put them there, by
///   session ID
public record ServeConfig(
    SortedMap<Integer, TcpPortHandler> tcp,
    SortedMap<HostPort, WebServerConfig> web,
    SortedMap<String, ServiceConfig> services,
    SortedMap<HostPort, Boolean> allowFunnel,
    SortedMap<String, ServeConfig> foreground) {
  public static final ServeConfig EMPTY = new Builder().build();

  /// A bool that is written when false, being a map's value.
  private static final JsonType<Boolean> FLAG =
      new JsonType<>() {
        @Override
        public Boolean read(JsonReader in) {
          return in.readBoolean();
        }

        @Override
        public void write(JsonWriter out, Boolean value) {
          out.value(value);
        }
      };

  /// A configuration inside `Foreground` has no `Foreground` of its own.
  private static final JsonType<ServeConfig> INNER = table().build();

  static final JsonType<ServeConfig> JSON =
      table()
          .omit("Foreground", mapOf(INNER), ServeConfig::foreground, (b, v) -> b.foreground = v)
          .build();

  public ServeConfig {
    tcp = Collections.unmodifiableSortedMap(new TreeMap<>(tcp));
    web = Collections.unmodifiableSortedMap(new TreeMap<>(web));
    services = Collections.unmodifiableSortedMap(new TreeMap<>(services));
    allowFunnel = Collections.unmodifiableSortedMap(new TreeMap<>(allowFunnel));
    foreground = Collections.unmodifiableSortedMap(new TreeMap<>(foreground));
  }

  /// Reads what [#encode] wrote, or what any client sent. JSON `null` is what the daemon answers
  /// when nothing was ever served.
  public static ServeConfig decode(String json) throws MalformedJson {
    return json.strip().equals("null") ? EMPTY : Json.decode(JSON, json);
  }

  /// The exact bytes of Go's encoder, over which the entity tag is computed.
  public String encode() {
    return GoJson.escape(Json.encodeToText(JSON, this));
  }

  /// As `serve status --json` prints it, without the last line end.
  public String encodeIndented() {
    return JsonIndent.indent(encode(), "  ");
  }

  /// Whether `serve status` has nothing to show; foreground sessions are not shown there.
  public boolean isEmpty() {
    return tcp.isEmpty() && web.isEmpty() && services.isEmpty() && allowFunnel.isEmpty();
  }

  /// What a connection to `port` meets: foreground sessions first, then the background.
  public Optional<TcpPortHandler> findTcp(int port) {
    return findForegroundTcp(port).or(() -> Optional.ofNullable(tcp.get(port)));
  }

  public Optional<TcpPortHandler> findForegroundTcp(int port) {
    return foreground.values().stream()
        .map(c -> c.tcp.get(port))
        .filter(h -> h != null)
        .findFirst();
  }

  /// The virtual host, foreground sessions first.
  public Optional<WebServerConfig> findWeb(HostPort host) {
    return foreground.values().stream()
        .map(c -> c.web.get(host))
        .filter(w -> w != null)
        .findFirst()
        .or(() -> Optional.ofNullable(web.get(host)));
  }

  public boolean isFunnelOn() {
    return allowFunnel.containsValue(true)
        || foreground.values().stream().anyMatch(ServeConfig::isFunnelOn);
  }

  /// Whether anything here reads files or sockets with the daemon's rights: only an administrator
  /// may set that up, whatever part of the configuration the change is about
  /// (`docs/protocol/services.md` §1.2).
  public boolean needsAdministrator() {
    return webs().stream()
            .flatMap(w -> w.handlers().values().stream())
            .anyMatch(ServeConfig::isLocal)
        || tcps().stream().anyMatch(t -> t.tcpForward().startsWith("unix:"))
        || foreground.values().stream().anyMatch(ServeConfig::needsAdministrator);
  }

  private static boolean isLocal(HttpHandler handler) {
    return !handler.path().isEmpty() || handler.proxy().startsWith("unix:");
  }

  private Collection<WebServerConfig> webs() {
    TreeMap<String, WebServerConfig> all = new TreeMap<>();
    web.forEach((host, w) -> all.put(host.toString(), w));
    services.forEach((name, s) -> s.web().forEach((host, w) -> all.put(name + " " + host, w)));
    return all.values();
  }

  private Collection<TcpPortHandler> tcps() {
    TreeMap<String, TcpPortHandler> all = new TreeMap<>();
    tcp.forEach((port, t) -> all.put(port.toString(), t));
    services.forEach((name, s) -> s.tcp().forEach((port, t) -> all.put(name + " " + port, t)));
    return all.values();
  }

  /// Adds or replaces a web handler, and makes its port speak HTTP. A handler whose mount differs
  /// by a last slash only gives way.
  public ServeConfig withWebHandler(HostPort host, String mount, HttpHandler handler, boolean tls) {
    return edited(b -> {
      b.tcp.put(host.port(), TcpPortHandler.web(tls));
      TreeMap<String, HttpHandler> handlers = handlersOf(host);
      handlers.keySet().removeIf(m -> withoutLastSlash(m).equals(withoutLastSlash(mount)));
      handlers.put(mount, handler);
      b.web.put(host, new WebServerConfig(handlers));
    });
  }

  private TreeMap<String, HttpHandler> handlersOf(HostPort host) {
    WebServerConfig server = web.get(host);
    return server == null ? new TreeMap<>() : new TreeMap<>(server.handlers());
  }

  private static String withoutLastSlash(String mount) {
    return mount.endsWith("/") ? mount.substring(0, mount.length() - 1) : mount;
  }

  /// Removes handlers; with the last one goes the host, its port and its funnel.
  public ServeConfig withoutWebHandlers(HostPort host, Collection<String> mounts) {
    return edited(b -> {
      TreeMap<String, HttpHandler> handlers = handlersOf(host);
      handlers.keySet().removeAll(mounts);
      if (handlers.isEmpty()) {
        b.web.remove(host);
        b.tcp.remove(host.port());
        b.allowFunnel.remove(host);
      } else {
        b.web.put(host, new WebServerConfig(handlers));
      }
    });
  }

  public ServeConfig withTcp(int port, TcpPortHandler handler) {
    return edited(b -> b.tcp.put(port, handler));
  }

  public ServeConfig withoutTcp(int port) {
    return edited(b -> b.tcp.remove(port));
  }

  public ServeConfig withFunnel(HostPort host, boolean on) {
    return edited(b -> {
      if (on) {
        b.allowFunnel.put(host, true);
      } else {
        b.allowFunnel.remove(host);
      }
    });
  }

  public ServeConfig withForeground(String sessionId, ServeConfig config) {
    return edited(b -> b.foreground.put(sessionId, config));
  }

  public ServeConfig withoutForeground(String sessionId) {
    return edited(b -> b.foreground.remove(sessionId));
  }

  /// Keeps the sessions that are still there.
  public ServeConfig retainForeground(Collection<String> sessionIds) {
    return edited(b -> b.foreground.keySet().retainAll(sessionIds));
  }

  private ServeConfig edited(Consumer<Builder> edit) {
    Builder builder = new Builder();
    builder.tcp.putAll(tcp);
    builder.web.putAll(web);
    builder.services.putAll(services);
    builder.allowFunnel.putAll(allowFunnel);
    builder.foreground.putAll(foreground);
    edit.accept(builder);
    return builder.build();
  }

  private static ObjectType.Table<ServeConfig, Builder> table() {
    return ObjectType.<ServeConfig, Builder>of(Builder::new, Builder::build)
        .omit("TCP", KeyedMap.byPort(TcpPortHandler.JSON), ServeConfig::tcp, (b, v) -> b.tcp = v)
        .omit("Web", KeyedMap.byHost(WebServerConfig.JSON), ServeConfig::web, (b, v) -> b.web = v)
        .omit(
            "Services", mapOf(ServiceConfig.JSON), ServeConfig::services, (b, v) -> b.services = v)
        .omit(
            "AllowFunnel",
            KeyedMap.byHost(FLAG),
            ServeConfig::allowFunnel,
            (b, v) -> b.allowFunnel = v);
  }

  private static final class Builder {
    private SortedMap<Integer, TcpPortHandler> tcp = new TreeMap<>();
    private SortedMap<HostPort, WebServerConfig> web = new TreeMap<>();
    private SortedMap<String, ServiceConfig> services = new TreeMap<>();
    private SortedMap<HostPort, Boolean> allowFunnel = new TreeMap<>();
    private SortedMap<String, ServeConfig> foreground = new TreeMap<>();

    private ServeConfig build() {
      return new ServeConfig(tcp, web, services, allowFunnel, foreground);
    }
  }
}
