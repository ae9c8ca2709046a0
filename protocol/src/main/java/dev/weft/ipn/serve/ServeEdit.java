package dev.weft.ipn.serve;

import java.util.List;
import java.util.Optional;

/// Carries out a [ServeRequest] on a configuration, as the original's command line does before it
/// sends the result to the daemon.
public final class ServeEdit {
  /// What a path on this machine is: the one thing that an edit cannot know by itself.
  @FunctionalInterface
  public interface Files {
    Kind kindOf(String absolutePath);

    enum Kind {
      FILE,
      DIRECTORY,
      MISSING
    }
  }

  private final ServeRequest request;
  private final ServeNode node;

  public ServeEdit(ServeRequest request, ServeNode node) {
    this.request = request;
    this.node = node;
  }

  /// The question to ask before this is carried out, where it deletes more than was named.
  public Optional<String> question(ServeConfig config) {
    int handlers = request.off() && request.kind().isWeb() ? mounts(config).size() : 0;
    return handlers > 1
        ? Optional.of(
            "Are you sure you want to delete %d handlers under port %d?"
                .formatted(handlers, request.port()))
        : Optional.empty();
  }

  /// The changed configuration. For a foreground request give [ServeConfig#EMPTY] and put the
  /// result into `Foreground` under the session's ID.
  public ServeConfig apply(ServeConfig config, Files files) throws ServeRefusal {
    if (request.off()) {
      return request.kind().isWeb() ? removeWeb(config) : removeTcp(config);
    }
    ServeConfig changed = request.kind().isWeb() ? setWeb(config, files) : setTcp(config);
    return changed.withFunnel(host(), request.mode() == ServeRequest.Mode.FUNNEL);
  }

  private HostPort host() {
    return new HostPort(node.dnsName(), request.port());
  }

  private ServeConfig setWeb(ServeConfig config, Files files) throws ServeRefusal {
    String mount = request.mount();
    HttpHandler handler;
    try {
      handler = handler(request.target());
    } catch (ServeRefusal e) {
      throw ServeRefusal.usage("error: failed apply web serve: " + e.getMessage());
    }
    if (!handler.path().isEmpty()) {
      switch (files.kindOf(handler.path())) {
        case MISSING -> throw ServeRefusal.usage("error: failed apply web serve: invalid path");
        // Relative links of the pages in it need the slash.
        case DIRECTORY -> mount = mount.endsWith("/") ? mount : mount + "/";
        case FILE -> {}
      }
    }
    TcpPortHandler port = config.tcp().get(request.port());
    if (port != null && !port.isWeb()) {
      throw ServeRefusal.usage(
          "error: failed apply web serve: cannot serve web; already serving TCP");
    }
    return config.withWebHandler(host(), mount, handler, request.kind() == ServeKind.HTTPS);
  }

  private HttpHandler handler(String target) throws ServeRefusal {
    if (target.startsWith("text:")) {
      String text = target.substring("text:".length());
      if (text.isEmpty()) {
        throw ServeRefusal.because("unable to serve; text cannot be an empty string");
      }
      return HttpHandler.ofText(text);
    }
    if (target.startsWith("/")) {
      return HttpHandler.ofPath(MountPath.clean(target));
    }
    return HttpHandler.proxyTo(ServeTarget.web(target), request.acceptAppCaps());
  }

  private ServeConfig setTcp(ServeConfig config) throws ServeRefusal {
    if (request.mountChosen()) {
      throw ServeRefusal.usage("error: cannot mount a path for TCP serve");
    }
    String target;
    try {
      target = ServeTarget.tcp(request.target());
    } catch (ServeRefusal e) {
      throw ServeRefusal.usage("error: failed to apply TCP serve: " + e.getMessage());
    }
    if (target.startsWith("unix:") && request.proxyProtocol() != 0) {
      throw ServeRefusal.usage(
          "error: failed to apply TCP serve: PROXY protocol is not supported with unix socket targets");
    }
    TcpPortHandler port = config.tcp().get(request.port());
    if (port != null && port.isWeb()) {
      throw ServeRefusal.usage(
          "error: failed to apply TCP serve: cannot serve TCP; already serving web on %d for %s"
              .formatted(request.port(), node.dnsName()));
    }
    String terminateTls = request.kind() == ServeKind.TLS_TERMINATED_TCP ? node.dnsName() : "";
    return config.withTcp(
        request.port(), TcpPortHandler.forward(target, terminateTls, request.proxyProtocol()));
  }

  private ServeConfig removeWeb(ServeConfig config) throws ServeRefusal {
    TcpPortHandler port = config.tcp().get(request.port());
    if (port != null && !port.isWeb()) {
      throw ServeRefusal.usage(
          "error: failed to remove web serve: cannot remove web handler; currently serving TCP");
    }
    List<String> mounts = mounts(config);
    if (mounts.isEmpty()) {
      throw ServeRefusal.usage("error: failed to remove web serve: handler does not exist");
    }
    return config.withoutWebHandlers(host(), mounts);
  }

  private List<String> mounts(ServeConfig config) {
    WebServerConfig web = config.web().get(host());
    if (web == null) {
      return List.of();
    }
    return web.handlers().keySet().stream()
        .filter(mount -> !request.mountChosen() || mount.equals(request.mount()))
        .toList();
  }

  private ServeConfig removeTcp(ServeConfig config) throws ServeRefusal {
    TcpPortHandler port = config.tcp().get(request.port());
    if (port == null) {
      throw ServeRefusal.usage("error: failed to remove TCP serve: serve config does not exist");
    }
    if (port.isWeb()) {
      throw ServeRefusal.usage(
          "error: failed to remove TCP serve: unable to remove; serving web, not TCP forwarding on serve port "
              + request.port());
    }
    return config.withoutTcp(request.port());
  }
}
