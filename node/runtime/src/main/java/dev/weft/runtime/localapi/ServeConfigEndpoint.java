package dev.weft.runtime.localapi;

import dev.weft.ipn.serve.ServeConfig;
import dev.weft.ipn.serve.ServeState;
import dev.weft.json.MalformedJson;

/// The serve configuration: read with an entity tag, replaced when the tag is still right
/// (`docs/protocol/services.md` §1.2).
final class ServeConfigEndpoint {
  private static final int MAX_ATTEMPTS =
      8; // of a replacement without a tag that meets other clients
  private final LocalBackend backend;

  ServeConfigEndpoint(LocalBackend backend) {
    this.backend = backend;
  }

  Answer answer(Request request, Access access) {
    if (request.isGet()) {
      if (!access.read()) {
        return Answer.text(Answer.FORBIDDEN, "serve config denied");
      }
      String config = backend.serveConfig();
      return Answer.json(Answer.OK, config).with("Etag", ServeState.etag(config));
    }
    if (!request.isPost()) {
      return Answer.text(Answer.METHOD_NOT_ALLOWED, "method not allowed");
    }
    return access.write()
        ? replace(request, access)
        : Answer.text(Answer.FORBIDDEN, "serve config denied");
  }

  private Answer replace(Request request, Access access) {
    ServeConfig config;
    try {
      config = ServeConfig.decode(request.body());
    } catch (MalformedJson e) {
      return Answer.error(
          Answer.INTERNAL_SERVER_ERROR, "error", "decoding config: " + e.getMessage());
    }
    if (config.needsAdministrator() && !access.admin()) {
      return Answer.text(
          Answer.UNAUTHORIZED,
          "must be root or the daemon's own user to serve a path or Unix socket");
    }
    try {
      String why = Unservable.of(config, current());
      if (why != null) {
        throw new BackendException(why);
      }
      return store(config.encode(), request.header("If-Match"));
    } catch (BackendException e) {
      return Answer.error(
          Answer.INTERNAL_SERVER_ERROR, "error", "updating config: " + e.getMessage());
    }
  }

  private ServeConfig current() throws BackendException {
    try {
      return ServeConfig.decode(backend.serveConfig());
    } catch (MalformedJson e) {
      throw new BackendException("what is served now makes no sense: " + e.getMessage());
    }
  }

  private Answer store(String config, String ifMatch) throws BackendException {
    for (int i = 0; i < MAX_ATTEMPTS; i++) {
      String current = backend.serveConfig();
      if (!ifMatch.isEmpty() && !ifMatch.equals(ServeState.etag(current))) {
        break;
      }
      if (backend.replaceServeConfig(current, config)) {
        return Answer.empty(Answer.OK);
      }
    }
    return Answer.text(Answer.PRECONDITION_FAILED, "etag mismatch");
  }
}
