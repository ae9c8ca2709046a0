package dev.weft.runtime.control;

import dev.weft.json.Json;
import dev.weft.json.MalformedJson;
import dev.weft.keys.MachineKey;
import dev.weft.tailcfg.CapabilityVersion;
import dev.weft.tailcfg.OverTlsPublicKeyResponse;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The control server's Noise key: asked for at `/key`, compared with the one it showed first.
///
/// The original trusts whatever `/key` says each time, and so whoever can make a certificate for
/// the name, or sits on an `http` path (`docs/protocol/control.md` §1.2). A server's key is not
/// meant to change; we refuse to go on when it does.
///
/// Used by one thread at a time: its owner holds a lock.
final class ServerKeys {
  private final ControlSettings settings;
  private final ControlState state;
  private final PlainHttp http;
  private @Nullable MachineKey confirmed;

  ServerKeys(ControlSettings settings, ControlState state, PlainHttp http) {
    this.settings = settings;
    this.state = state;
    this.http = http;
  }

  /// The key to dial with. Asks the server once per process; while it does not answer, a key known
  /// from before will do, since the server still has to prove that it holds it.
  MachineKey key() throws IOException, InterruptedException {
    if (confirmed != null) {
      return confirmed;
    }
    Optional<MachineKey> known = state.serverKey(settings.server());
    try {
      return confirm();
    } catch (ControlException e) {
      if (known.isEmpty() || e.needsUser()) {
        throw e;
      }
      return known.get();
    }
  }

  /// Asks again. For when the server failed to prove its key.
  ///
  /// @throws ControlException needing the user when the server has another key now
  MachineKey confirm() throws IOException, InterruptedException {
    MachineKey shown = fetch();
    Optional<MachineKey> known = state.serverKey(settings.server());
    if (known.isPresent() && !known.get().equals(shown)) {
      confirmed = null;
      throw ControlException.needingUser(
          "the control server "
              + settings.server()
              + " shows another key than before ("
              + shown
              + ", not "
              + known.get()
              + "), so nothing was sent to it; if its operator confirms the new key, run \"weft logout\" and"
              + " \"weft up\" again");
    }
    if (known.isEmpty()) {
      state.saveServerKey(settings.server(), shown);
    }
    confirmed = shown;
    return shown;
  }

  /// Accepts whatever key comes next.
  void forget() throws IOException {
    confirmed = null;
    state.forgetServerKey(settings.server());
  }

  private MachineKey fetch() throws IOException, InterruptedException {
    URI url = settings.server().resolve(settings.path("/key") + "?v=" + CapabilityVersion.CURRENT);
    PlainHttp.Answer answer = http.request(HttpMethod.GET, url);
    if (answer.status() / 100 == 3) {
      throw ControlException.of(
          settings.server()
              + " redirects to "
              + printable(answer.location())
              + ": use that as the login server");
    }
    if (answer.status() != 200) {
      throw ControlException.of(
          settings.server()
              + " answers "
              + answer.status()
              + " where a control server shows its key: is it the right URL?");
    }
    return parse(answer.body());
  }

  private MachineKey parse(String body) throws ControlException {
    @Nullable MachineKey key;
    try {
      key = Json.decode(OverTlsPublicKeyResponse.JSON, body).publicKey();
    } catch (MalformedJson e) {
      throw ControlException.of(
          settings.server() + " does not show a control server's key: is it the right URL?", e);
    }
    if (key == null || key.isZero()) {
      throw ControlException.of(settings.server() + " is too old: it has no Noise key");
    }
    return key;
  }

  static String printable(String text) {
    String cut = text.length() > 200 ? text.substring(0, 200) : text;
    return cut.replaceAll("\\p{Cntrl}", " ").strip();
  }
}
