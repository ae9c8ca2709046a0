package dev.weft.control.tailnet;

import java.time.Instant;

/// A person who owns nodes.
///
/// @param name the login name, unique
public record TailnetUser(long id, String name, String displayName, Instant created) {
  /// Owns every tagged node in what clients are shown, the ID and name that the original uses.
  public static final TailnetUser TAGGED_DEVICES =
      new TailnetUser(2147455555L, "tagged-devices", "Tagged Devices", Instant.EPOCH);
}
