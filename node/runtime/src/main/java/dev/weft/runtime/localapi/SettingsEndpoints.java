package dev.weft.runtime.localapi;

import dev.weft.ipn.MaskedPrefs;
import dev.weft.ipn.Options;
import dev.weft.ipn.Prefs;
import dev.weft.ipn.Status;
import dev.weft.json.Json;
import dev.weft.json.MalformedJson;
import dev.weft.tailcfg.QueryFeatureResponse;

/// The endpoints about the node itself: its state, its settings, its login.
final class SettingsEndpoints {
  private final LocalBackend backend;

  SettingsEndpoints(LocalBackend backend) {
    this.backend = backend;
  }

  Answer status(Request request, Access access) {
    if (!access.read()) {
      return Answer.denied("status");
    }
    if (!request.isGet()) {
      return Answer.unsupportedMethod();
    }
    return Answer.json(Status.JSON, backend.status(!request.parameter("peers").equals("false")));
  }

  Answer prefs(Request request, Access access) {
    if (!access.read()) {
      return Answer.denied("prefs");
    }
    if (request.isGet()) {
      return Answer.json(Prefs.JSON, backend.prefs());
    }
    if (!request.method().equals("PATCH")) {
      return Answer.unsupportedMethod();
    }
    if (!access.write()) {
      return Answer.denied("prefs write");
    }
    try {
      MaskedPrefs change = Json.decode(MaskedPrefs.JSON, request.body());
      return Answer.json(Prefs.JSON, backend.editPrefs(change));
    } catch (MalformedJson e) {
      return Answer.text(Answer.BAD_REQUEST, "invalid JSON body: " + e.getMessage());
    } catch (BackendException e) {
      return Answer.error(Answer.BAD_REQUEST, "Error", e.getMessage());
    }
  }

  Answer checkPrefs(Request request, Access access) {
    if (!access.write()) {
      return Answer.denied("checkprefs");
    }
    if (!request.isPost()) {
      return Answer.unsupportedMethod();
    }
    try {
      backend.checkPrefs(Json.decode(Prefs.JSON, request.body()));
      return Answer.json(Answer.OK, "{}\n");
    } catch (MalformedJson _) {
      return Answer.text(Answer.BAD_REQUEST, "invalid JSON body");
    } catch (BackendException e) {
      return Answer.error(
          Answer.OK, "Error", e.getMessage()); // the check was done, and this is its result
    }
  }

  Answer start(Request request, Access access) {
    if (!access.write()) {
      return Answer.text(Answer.FORBIDDEN, "access denied");
    }
    if (!request.isPost()) {
      return wantPost();
    }
    try {
      backend.start(Json.decode(Options.JSON, request.body()));
      return Answer.empty(Answer.NO_CONTENT);
    } catch (MalformedJson e) {
      return Answer.text(Answer.BAD_REQUEST, "invalid JSON body: " + e.getMessage());
    } catch (BackendException e) {
      return failed(e);
    }
  }

  Answer loginInteractive(Request request, Access access) {
    if (!access.write()) {
      return Answer.denied("login");
    }
    if (!request.isPost()) {
      return wantPost();
    }
    try {
      backend.loginInteractive();
      return Answer.empty(Answer.NO_CONTENT);
    } catch (BackendException e) {
      return failed(e);
    }
  }

  Answer logout(Request request, Access access) {
    if (!access.write()) {
      return Answer.denied("logout");
    }
    if (!request.isPost()) {
      return wantPost();
    }
    try {
      backend.logout();
      return Answer.empty(Answer.NO_CONTENT);
    } catch (BackendException e) {
      return failed(e);
    }
  }

  Answer queryFeature(Request request, Access access) {
    if (!access.read()) {
      return Answer.text(Answer.FORBIDDEN, "access denied");
    }
    if (!request.isPost()) {
      return Answer.text(Answer.METHOD_NOT_ALLOWED, "use POST");
    }
    String feature = request.parameter("feature");
    if (feature.isEmpty()) {
      return Answer.text(Answer.INTERNAL_SERVER_ERROR, "missing feature");
    }
    if (backend.status(false).currentTailnet() == null) {
      return Answer.text(Answer.SERVICE_UNAVAILABLE, "no netmap");
    }
    try {
      QueryFeatureResponse response = backend.queryFeature(feature);
      return Answer.json(Answer.OK, Json.encodeToText(QueryFeatureResponse.JSON, response));
    } catch (BackendException e) {
      return failed(e);
    }
  }

  private static Answer wantPost() {
    return Answer.text(Answer.BAD_REQUEST, "want POST");
  }

  private static Answer failed(BackendException e) {
    return Answer.text(Answer.INTERNAL_SERVER_ERROR, e.getMessage());
  }
}
