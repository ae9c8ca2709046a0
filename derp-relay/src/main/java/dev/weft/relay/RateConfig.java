package dev.weft.relay;

import static dev.weft.json.JsonTypes.LONG;

import dev.weft.derp.FrameType;
import dev.weft.json.Json;
import dev.weft.json.JsonType;
import dev.weft.json.MalformedJson;
import dev.weft.json.ObjectType;
import dev.weft.keys.NodeKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// How fast one client may send, in bytes of DERP frames (`docs/protocol/dataplane.md §5.4`).
///
/// @param bytesPerSecond 0 for no limit
/// @param burstBytes how much may come at once, the longest packet at least
public record RateConfig(long bytesPerSecond, long burstBytes) {
  public static final RateConfig UNLIMITED = new RateConfig(0, 0);

  private static final long MIN_BURST = NodeKey.BYTES + FrameType.MAX_PACKET;
  private static final long MAX_FILE_BYTES = 64 << 10;

  /// The file that the official relay's `--rate-config` names.
  static final JsonType<RateConfig> JSON =
      ObjectType.<RateConfig, long[]>of(() -> new long[2], n -> new RateConfig(n[0], n[1]))
          .always(
              "PerClientRateLimitBytesPerSec",
              LONG,
              RateConfig::bytesPerSecond,
              (target, n) -> target[0] = n)
          .always(
              "PerClientRateBurstBytes", LONG, RateConfig::burstBytes, (target, n) -> target[1] = n)
          .build();

  public RateConfig {
    if (bytesPerSecond < 0 || burstBytes < 0) {
      throw new IllegalArgumentException("a rate is not negative");
    }
    burstBytes = bytesPerSecond == 0 ? 0 : Math.max(burstBytes, MIN_BURST);
  }

  static RateConfig read(Path file) throws RelayException {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new RelayException(file + " is too long for rates");
      }
      return Json.decode(JSON, Files.readString(file));
    } catch (RelayException e) {
      throw e;
    } catch (MalformedJson | IllegalArgumentException e) {
      throw new RelayException(
          file
              + " holds no rates: expected {\"PerClientRateLimitBytesPerSec\": BYTES,"
              + " \"PerClientRateBurstBytes\": BYTES}",
          e);
    } catch (IOException e) {
      throw new RelayException("cannot read the rates in " + file, e);
    }
  }

  boolean isUnlimited() {
    return bytesPerSecond == 0;
  }
}
