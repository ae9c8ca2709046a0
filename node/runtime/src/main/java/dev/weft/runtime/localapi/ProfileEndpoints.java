package dev.weft.runtime.localapi;

import dev.weft.ipn.LoginProfile;
import dev.weft.json.Json;
import dev.weft.json.JsonType;
import dev.weft.json.JsonTypes;
import java.util.List;
import java.util.Optional;

/// The endpoints about the logins that this node has: `profiles/`, `profiles/current` and
/// `profiles/<id>`.
final class ProfileEndpoints {
  private static final JsonType<List<LoginProfile>> LIST = JsonTypes.listOf(LoginProfile.JSON);

  private final LocalProfiles profiles;

  ProfileEndpoints(LocalProfiles profiles) {
    this.profiles = profiles;
  }

  /// @param which what stands behind `profiles/`
  Answer answer(String which, Request request, Access access) {
    if (!access.write()) {
      return Answer.denied("profiles");
    }
    try {
      return switch (which) {
        case "" -> all(request);
        case "current" ->
            request.isGet()
                ? json(LoginProfile.JSON, profiles.current())
                : Answer.text(Answer.METHOD_NOT_ALLOWED, "use GET");
        default -> one(which, request);
      };
    } catch (BackendException e) {
      return Answer.text(Answer.INTERNAL_SERVER_ERROR, e.getMessage());
    }
  }

  private Answer all(Request request) throws BackendException {
    if (request.isGet()) {
      List<LoginProfile> all = profiles.all();
      return all.isEmpty() ? Answer.json(Answer.OK, "null\n") : json(LIST, all);
    }
    if (!request.method().equals("PUT")) {
      return Answer.text(Answer.METHOD_NOT_ALLOWED, "use GET or PUT");
    }
    profiles.begin();
    return Answer.empty(Answer.CREATED);
  }

  private Answer one(String id, Request request) throws BackendException {
    Optional<LoginProfile> found =
        profiles.all().stream().filter(profile -> profile.id().equals(id)).findFirst();
    if (request.isGet()) {
      return found.isPresent()
          ? json(LoginProfile.JSON, found.get())
          : Answer.text(Answer.NOT_FOUND, "Profile not found");
    }
    switch (request.method()) {
      case "POST" -> profiles.use(id);
      case "DELETE" -> profiles.delete(id);
      default -> {
        return Answer.text(Answer.METHOD_NOT_ALLOWED, "use POST or DELETE");
      }
    }
    return Answer.empty(Answer.NO_CONTENT);
  }

  private static <T> Answer json(JsonType<T> type, T message) {
    return Answer.json(Answer.OK, Json.encodeToText(type, message) + '\n');
  }
}
