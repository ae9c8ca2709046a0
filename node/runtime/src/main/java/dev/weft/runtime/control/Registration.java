package dev.weft.runtime.control;

import dev.weft.json.Json;
import dev.weft.json.MalformedJson;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import dev.weft.tailcfg.CapabilityVersion;
import dev.weft.tailcfg.Hostinfo;
import dev.weft.tailcfg.Login;
import dev.weft.tailcfg.RegisterAuth;
import dev.weft.tailcfg.RegisterRequest;
import dev.weft.tailcfg.RegisterResponse;
import dev.weft.tailcfg.User;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The dialogue of a login: `docs/protocol/control.md` §4.2.
final class Registration {
  /// The time in the past by which the official client logs out.
  private static final Instant LOGOUT = Instant.ofEpochSecond(123);

  /// How long a server may hold a request while a user takes their time. The official client waits
  /// as long as the connection lives; asking again costs nothing and finds a dead one.
  private static final Duration HELD = Duration.ofMinutes(10);

  private final ControlSettings settings;
  private final ControlState state;
  private final Calls calls;
  private @Nullable NodePrivateKey candidate;

  Registration(ControlSettings settings, ControlState state, Calls calls) {
    this.settings = settings;
    this.state = state;
    this.calls = calls;
  }

  /// A login to bring about.
  ///
  /// @param followup the page that a user is at, or empty
  /// @param offered the key that goes with it
  record Goal(LoginRequest request, String followup, @Nullable NodePrivateKey offered) {
    static Goal of(LoginRequest request) {
      return new Goal(request, "", null);
    }
  }

  /// What one attempt came to.
  sealed interface Result {
    /// The key is registered.
    record Done(NodePrivateKey key, User user, Login login) implements Result {}

    /// A user has to go to a page; the goal says how to go on.
    record Visit(String url, Goal next) implements Result {}
  }

  /// Asks once; while a user is at a page, for as long as that takes.
  Result attempt(Goal goal, Hostinfo hostinfo) throws IOException, InterruptedException {
    Optional<NodePrivateKey> current = state.nodeKey();
    boolean fresh = goal.request().newNodeKey() || current.isEmpty();
    NodePrivateKey key =
        goal.offered() != null ? goal.offered() : fresh ? candidate() : current.orElseThrow();
    RegisterResponse response = ask(goal, key, hostinfo);
    if (response.nodeKeyExpired() && !fresh && goal.offered() == null) {
      // Our key has had its time: once more, with a new one.
      key = candidate();
      response = ask(goal, key, hostinfo);
    }
    return interpret(goal, key, response);
  }

  /// The new key to offer: the same until it is accepted, since a server whose answer got lost may
  /// have used up a one-off auth key for it (`docs/protocol/control.md` §4.3).
  private NodePrivateKey candidate() {
    if (candidate == null) {
      candidate = NodePrivateKey.generate(settings.entropy());
    }
    return candidate;
  }

  private Result interpret(Goal goal, NodePrivateKey key, RegisterResponse response)
      throws IOException {
    if (response.nodeKeySignature() != null && response.nodeKeySignature().length() > 0) {
      throw ControlException.needingUser(
          "this tailnet uses tailnet lock, which this node cannot do yet");
    }
    if (response.nodeKeyExpired()) {
      candidate = null;
      throw ControlException.of("control says that the new node key has expired already");
    }
    if (!response.authUrl().isEmpty()) {
      String url =
          WebPage.of(response.authUrl())
              .orElseThrow(() ->
                  ControlException.of(
                      "control sent the user to something that is no web page: "
                          + ServerKeys.printable(response.authUrl())));
      return new Result.Visit(url, new Goal(goal.request(), url, key));
    }
    save(key);
    return new Result.Done(key, response.user(), response.login());
  }

  private void save(NodePrivateKey key) throws IOException {
    Optional<NodePrivateKey> before = state.nodeKey();
    if (before.isEmpty() || !before.get().publicKey().equals(key.publicKey())) {
      // Until it is kept it stays the one to offer: control knows it, and would have us twice.
      state.saveNodeKey(key, before.map(NodePrivateKey::publicKey).orElse(NodeKey.ZERO));
    }
    candidate = null;
  }

  private RegisterResponse ask(Goal goal, NodePrivateKey key, Hostinfo hostinfo)
      throws IOException, InterruptedException {
    LoginRequest login = goal.request();
    RegisterRequest.Builder request =
        request(key)
            .followup(goal.followup())
            .hostinfo(hostinfo)
            .ephemeral(login.ephemeral())
            .tailnet(login.tailnet());
    if (!login.authKey().isEmpty()) {
      request.auth(RegisterAuth.builder().authKey(login.authKey()).build());
    }
    Duration silence = goal.followup().isEmpty() ? Calls.TIMEOUT : HELD;
    RegisterResponse response = send(request.build(), silence);
    if (!response.error().isEmpty()) {
      throw refused(goal, ServerKeys.printable(response.error()));
    }
    return response;
  }

  /// A key that was refused once is refused again, and who was turned down at the page of a login
  /// has to begin another: whoever began it is told at once. Any other refusal may be a passing
  /// trouble of control's.
  private static ControlException refused(Goal goal, String why) {
    if (!goal.request().authKey().isEmpty()) {
      return ControlException.needingUser(
          "control refused the auth key: " + why + "; get a new key and run 'weft up' with it");
    }
    return goal.followup().isEmpty()
        ? ControlException.of("control refused the login: " + why)
        : ControlException.needingUser(
            "control refused the login: " + why + "; run 'weft up' to ask again");
  }

  /// Lets the current key expire now.
  void logout(NodePrivateKey key, Hostinfo hostinfo, Duration patience)
      throws IOException, InterruptedException {
    send(request(key).expiry(LOGOUT).hostinfo(hostinfo).build(), patience);
  }

  private RegisterRequest.Builder request(NodePrivateKey key) {
    NodeKey old = state.nodeKey().map(NodePrivateKey::publicKey).orElse(NodeKey.ZERO);
    return RegisterRequest.builder()
        .version(CapabilityVersion.CURRENT)
        .nodeKey(key.publicKey())
        .oldNodeKey(old.equals(key.publicKey()) ? state.oldNodeKey() : old);
  }

  private RegisterResponse send(RegisterRequest request, Duration silence)
      throws IOException, InterruptedException {
    byte[] body = Json.encode(RegisterRequest.JSON, request);
    try (Exchange exchange = calls.post("/machine/register", request.nodeKey().toString(), body)) {
      int status = exchange.status(silence);
      if (status != 200) {
        throw calls.refusal("login", status, exchange);
      }
      return Json.decode(
          RegisterResponse.JSON, exchange.wholeBody(Calls.MAX_REPLY_BYTES, false, Calls.TIMEOUT));
    } catch (MalformedJson e) {
      throw ControlException.of("control answered the login with something else than JSON", e);
    }
  }
}
