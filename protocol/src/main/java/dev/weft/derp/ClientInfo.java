package dev.weft.derp;

import dev.weft.base.Bytes;
import dev.weft.base.Entropy;
import dev.weft.crypto.Box;
import dev.weft.keys.NodeKey;
import dev.weft.keys.NodePrivateKey;
import org.jspecify.annotations.Nullable;

/// What a client tells a relay of itself, once, at the start.
///
/// @param meshKey the secret that relays of one region share, 64 hex digits; a client that has none
///   must not mention it, since the official relay takes an empty one for an error
/// @param appName may be empty
public record ClientInfo(
    int version, boolean canAckPings, boolean isProber, String appName, @Nullable String meshKey) {
  /// The protocol version that both sides announce.
  public static final int PROTOCOL_VERSION = 2;

  /// What a node says: answers pings, nothing else of note.
  public static ClientInfo ofNode() {
    return new ClientInfo(PROTOCOL_VERSION, true, false, "", null);
  }

  /// The frame that introduces the holder of `client` to a relay, and to that relay only.
  public Frame.SealedClientInfo seal(NodePrivateKey client, NodeKey relay, Entropy entropy) {
    byte[] nonce = entropy.bytes(Box.NONCE_BYTES);
    byte[] box = client.box(relay).seal(nonce, InfoJson.encode(this));
    return new Frame.SealedClientInfo(client.publicKey(), Bytes.of(nonce), Bytes.of(box));
  }

  /// Reads an introduction at the relay; `null` when the sender does not hold the key that it
  /// names, or what it says is not understood. `box` is the relay's with that key.
  public static @Nullable ClientInfo open(Frame.SealedClientInfo frame, Box box) {
    byte[] json = box.open(frame.nonce().toArray(), frame.box().toArray());
    return json == null ? null : InfoJson.parseClientInfo(json);
  }

  @Override
  public String toString() {
    return "ClientInfo[version=%d, isProber=%s, appName=%s]".formatted(version, isProber, appName);
  }
}
