package dev.weft.derp;

import dev.weft.base.Bytes;
import dev.weft.base.Entropy;
import dev.weft.crypto.Box;
import org.jspecify.annotations.Nullable;

/// What a relay tells a client of itself, once, in answer to [ClientInfo].
///
/// @param bytesPerSecond how fast the client may send, 0 for no limit; it drops what is beyond
/// @param burstBytes how much it may send at once
public record ServerInfo(int version, long bytesPerSecond, long burstBytes) {
  public ServerInfo {
    bytesPerSecond = Math.max(0, bytesPerSecond);
    burstBytes = Math.max(0, burstBytes);
  }

  public static ServerInfo unlimited() {
    return new ServerInfo(ClientInfo.PROTOCOL_VERSION, 0, 0);
  }

  /// The frame, for the client that `box` leads to.
  public Frame.SealedServerInfo seal(Box box, Entropy entropy) {
    byte[] nonce = entropy.bytes(Box.NONCE_BYTES);
    byte[] sealed = box.seal(nonce, InfoJson.encode(this));
    return new Frame.SealedServerInfo(Bytes.of(nonce), Bytes.of(sealed));
  }

  /// Reads it at the client; `null` when it does not come from the holder of the relay's key.
  public static @Nullable ServerInfo open(Frame.SealedServerInfo frame, Box box) {
    byte[] json = box.open(frame.nonce().toArray(), frame.box().toArray());
    return json == null ? null : InfoJson.parseServerInfo(json);
  }
}
