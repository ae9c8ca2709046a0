package dev.weft.ts2021;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weft.keys.ChallengeKey;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a server may say before its HTTP/2, as the first bytes of its stream: five bytes that no
/// HTTP/2 frame begins with, a big-endian length, and JSON. `docs/protocol/control.md` §2.5.
///
/// @param nodeKeyChallenge a key to prove possession of the node key to. No message answers it in
///   1.103
public record EarlyPayload(ChallengeKey nodeKeyChallenge) {
  /// Bytes before the JSON; a client that has this many can tell.
  public static final int HEADER_BYTES = 9;

  /// What a Rust client of the original's makers accepts, and nine times what is ever sent.
  public static final int MAX_JSON_BYTES = 1024;

  /// As an HTTP/2 frame header it would be longer than any SETTINGS frame.
  private static final byte[] MAGIC = {(byte) 0xff, (byte) 0xff, (byte) 0xff, 'T', 'S'};

  private static final Pattern CHALLENGE =
      Pattern.compile(
          "\"nodeKeyChallenge\"\\s*:\\s*\"(chalpub:[0-9a-f]{64})\"", Pattern.CASE_INSENSITIVE);

  /// The bytes that a server's stream begins with.
  public byte[] encode() {
    byte[] json = ("{\"nodeKeyChallenge\":\"" + nodeKeyChallenge + "\"}").getBytes(UTF_8);
    byte[] out = new byte[HEADER_BYTES + json.length];
    System.arraycopy(MAGIC, 0, out, 0, MAGIC.length);
    Frames.putUint16(out, 7, json.length);
    System.arraycopy(json, 0, out, HEADER_BYTES, json.length);
    return out;
  }

  /// Whether a stream that begins with these [#HEADER_BYTES] bytes has an early payload.
  public static boolean isHeader(byte[] first) {
    for (int i = 0; i < MAGIC.length; i++) {
      if (first[i] != MAGIC[i]) {
        return false;
      }
    }
    return true;
  }

  /// The length of the JSON behind such a header, or -1 when it is more than [#MAX_JSON_BYTES].
  public static int jsonLength(byte[] first) {
    int high = Frames.uint16(first, 5);
    int low = Frames.uint16(first, 7);
    return high != 0 || low > MAX_JSON_BYTES ? -1 : low;
  }

  /// The meaning of the JSON; empty when there is no challenge in it, which is no error.
  public static Optional<EarlyPayload> parse(byte[] json) {
    Matcher matcher = CHALLENGE.matcher(new String(json, UTF_8));
    return matcher.find()
        ? ChallengeKey.tryParse(matcher.group(1)).map(EarlyPayload::new)
        : Optional.empty();
  }
}
