package dev.weft.runtime.localapi;

import dev.weft.json.RawJson;
import java.util.Optional;

/// The endpoints for people who look for a fault. They show what no other user of the machine is
/// shown: the right to write is asked for.
final class DebugEndpoints {
  private final LocalBackend backend;

  DebugEndpoints(LocalBackend backend) {
    this.backend = backend;
  }

  Answer debug(Request request, Access access) {
    if (!access.write()) {
      return Answer.denied("debug");
    }
    if (!request.isPost()) {
      return Answer.text(Answer.METHOD_NOT_ALLOWED, "POST required");
    }
    String action = request.parameter("action");
    if (!action.equals("current-netmap")) {
      return Answer.text(
          Answer.BAD_REQUEST,
          action.isEmpty()
              ? "missing parameter 'action'"
              : "this version of Weft has no debug action \"" + action + '"');
    }
    Optional<RawJson> map = backend.networkMap();
    return map.isPresent()
        ? Answer.json(Answer.OK, map.get().text() + '\n')
        : Answer.text(Answer.BAD_REQUEST, "no netmap");
  }

  static Answer capture(Request request, Access access) {
    if (!access.write()) {
      return Answer.denied("debug");
    }
    return request.isPost()
        ? new Answer.Capture()
        : Answer.text(Answer.METHOD_NOT_ALLOWED, "POST required");
  }
}
