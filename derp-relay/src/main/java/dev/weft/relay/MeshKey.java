package dev.weft.relay;

import dev.weft.base.Bytes;
import dev.weft.derp.ClientInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The secret that the relays of one region share: whoever names it is one of them
/// (`docs/protocol/dataplane.md §5.4`).
public final class MeshKey {
  private static final int BYTES = 32;

  private final byte[] secret;

  private MeshKey(byte[] secret) {
    this.secret = secret;
  }

  /// @throws IllegalArgumentException unless the text is 64 hex digits
  public static MeshKey parse(String text) {
    byte[] secret = bytes(text);
    if (secret == null) {
      // Says nothing of what was there instead.
      throw new IllegalArgumentException("a mesh key has 64 hex digits");
    }
    return new MeshKey(secret);
  }

  /// Reads a key file; white space around the key is of no matter.
  static MeshKey read(Path file) throws RelayException {
    try {
      return parse(Files.readString(file, StandardCharsets.US_ASCII).strip());
    } catch (IOException e) {
      throw new RelayException("cannot read the mesh key in " + file, e);
    } catch (IllegalArgumentException e) {
      throw new RelayException(file + " holds no mesh key: it has 64 hex digits", e);
    }
  }

  /// Whether a client knows the key. Takes as long for a wrong one as for the right one.
  boolean isNamedBy(@Nullable String claimed) {
    byte[] other = claimed == null ? null : bytes(claimed);
    return other != null && MessageDigest.isEqual(secret, other);
  }

  /// What a relay says of itself to another, sealed for that one.
  ClientInfo introduction() {
    return new ClientInfo(ClientInfo.PROTOCOL_VERSION, true, false, "", Bytes.of(secret).toHex());
  }

  private static byte @Nullable [] bytes(String text) {
    try {
      byte[] bytes = Bytes.fromHex(text.toLowerCase(Locale.ROOT)).toArray();
      return bytes.length == BYTES ? bytes : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  @Override
  public String toString() {
    return "[redacted]";
  }
}
