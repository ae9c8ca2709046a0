package dev.weft.control.tailnet;

import dev.weft.tailcfg.RegisterResponse;
import java.time.Duration;

/// What to do about a register request.
public sealed interface RegisterOutcome {
  /// Answer it now.
  record Answer(RegisterResponse response) implements RegisterOutcome {}

  /// Not now: its auth key lets in no more nodes for so long.
  record TooMany(Duration patience) implements RegisterOutcome {}

  /// The client follows up a login that nobody approved yet: hold the request, ask again when
  /// [Tailnet.Output#loginSettled] was called, and answer with this when patience ends.
  record Hold(RegisterResponse response) implements RegisterOutcome {}
}
