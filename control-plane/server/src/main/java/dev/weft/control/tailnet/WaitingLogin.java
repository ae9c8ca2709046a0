package dev.weft.control.tailnet;

import dev.weft.base.Ip;
import dev.weft.keys.MachineKey;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A login that waits for an admin's word. What the node says of itself is what anybody may say.
///
/// @param place where it was asked from; null when that is not known
public record WaitingLogin(
    String id,
    String hostname,
    String os,
    List<String> tags,
    MachineKey machine,
    @Nullable Ip place,
    Instant until) {
  public WaitingLogin {
    tags = List.copyOf(tags);
  }
}
