package dev.weft.control.tailnet;

import dev.weft.base.Bytes;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A pre-auth key. The text that lets a node in is shown once and not kept: what is kept is its
/// hash.
///
/// @param hash SHA-256 of the text
/// @param userId the owner of the nodes that register with it; 0 for a tagged key
/// @param used when a node first registered with it
public record AuthKey(
    long id,
    Bytes hash,
    long userId,
    boolean reusable,
    boolean ephemeral,
    List<String> tags,
    Instant created,
    @Nullable Instant expiry,
    @Nullable Instant used,
    @Nullable Instant revoked) {

  public AuthKey {
    tags = List.copyOf(tags);
    if ((userId == 0) == tags.isEmpty()) {
      throw new IllegalArgumentException("a key has either an owner or tags");
    }
  }

  /// Why a node cannot register with this key now, or null. The texts are those that users of
  /// Headscale know (`docs/protocol/control.md` §4.3).
  @Nullable String refusal(Instant now) {
    if (revoked != null) {
      return "authkey revoked";
    }
    if (expiry != null && !now.isBefore(expiry)) {
      return "authkey expired";
    }
    return used != null && !reusable ? "authkey already used" : null;
  }

  /// Whether nodes can register with it now.
  public boolean isUsable(Instant now) {
    return refusal(now) == null;
  }

  AuthKey usedAt(Instant now) {
    return new AuthKey(
        id,
        hash,
        userId,
        reusable,
        ephemeral,
        tags,
        created,
        expiry,
        used == null ? now : used,
        revoked);
  }

  AuthKey revokedAt(Instant now) {
    return new AuthKey(id, hash, userId, reusable, ephemeral, tags, created, expiry, used, now);
  }
}
