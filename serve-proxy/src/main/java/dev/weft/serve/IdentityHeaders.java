package dev.weft.serve;

import dev.weft.node.Caller;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// What a backend is told of the person who asks (`docs/protocol/services.md` §1.6).
final class IdentityHeaders {
  private static final byte[] NOTHING = {};
  private static final String INFO = "https://tailscale.com/s/serve-headers";

  private IdentityHeaders() {}

  /// Header lines, ready to write. A tagged node is nobody, and so is who is not in the tailnet.
  static byte[] of(Optional<Caller> caller) {
    if (caller.isEmpty() || caller.get().user().isEmpty() || !caller.get().tags().isEmpty()) {
      return NOTHING;
    }
    Caller.User user = caller.get().user().get();
    String lines =
        "Tailscale-User-Login: %s\r\nTailscale-User-Name: %s\r\nTailscale-User-Profile-Pic: %s\r\nTailscale-Headers-Info: %s\r\n"
            .formatted(
                QEncoding.encode(user.loginName()),
                QEncoding.encode(user.displayName()),
                url(user.profilePicUrl()),
                INFO);
    return lines.getBytes(StandardCharsets.ISO_8859_1);
  }

  /// The control server says it; it still must not end the line.
  private static String url(String url) {
    return url.chars().allMatch(c -> c > ' ' && c <= '~') ? url : "";
  }
}
