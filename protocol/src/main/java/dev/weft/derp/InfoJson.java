package dev.weft.derp;

import io.avaje.json.JsonReader;
import io.avaje.json.stream.BytesJsonWriter;
import io.avaje.json.stream.JsonStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The JSON inside the two boxes. Names match in any case and unknown ones are passed over, as the
/// peers' decoder does; what has no value is left out.
final class InfoJson {
  private static final JsonStream JSON = JsonStream.builder().build();

  /// The documents are flat. The reader recurses into what it skips, so depth is bounded before.
  private static final int MAX_DEPTH = 16;

  private static final int MAX_NAME_LENGTH = 100;

  private InfoJson() {}

  static byte[] encode(ClientInfo info) {
    try (BytesJsonWriter out = JSON.bufferedWriterAsBytes()) {
      out.beginObject();
      if (info.meshKey() != null) {
        out.name("meshKey");
        out.value(info.meshKey());
      }
      out.name("version");
      out.value(info.version());
      if (info.canAckPings()) {
        out.name("CanAckPings");
        out.value(true);
      }
      if (info.isProber()) {
        out.name("IsProber");
        out.value(true);
      }
      if (!info.appName().isEmpty()) {
        out.name("AppName");
        out.value(info.appName());
      }
      out.endObject();
      return out.result();
    }
  }

  static byte[] encode(ServerInfo info) {
    try (BytesJsonWriter out = JSON.bufferedWriterAsBytes()) {
      out.beginObject();
      out.name("version");
      out.value(info.version());
      if (info.bytesPerSecond() != 0) {
        out.name("TokenBucketBytesPerSecond");
        out.value(info.bytesPerSecond());
      }
      if (info.burstBytes() != 0) {
        out.name("TokenBucketBytesBurst");
        out.value(info.burstBytes());
      }
      out.endObject();
      return out.result();
    }
  }

  static @Nullable ClientInfo parseClientInfo(byte[] json) {
    if (isTooDeep(json)) {
      return null;
    }
    int version = 0;
    boolean canAckPings = false;
    boolean isProber = false;
    String appName = "";
    String meshKey = null;
    try (JsonReader in = JSON.reader(json)) {
      in.beginObject();
      while (in.hasNextField()) {
        String name = in.nextField().toLowerCase(Locale.ROOT);
        if (in.isNullValue()) {
          continue;
        }
        switch (name) {
          case "version" -> version = in.readInt();
          case "canackpings" -> canAckPings = in.readBoolean();
          case "isprober" -> isProber = in.readBoolean();
          case "appname" -> appName = FrameBodies.printable(in.readString(), MAX_NAME_LENGTH);
          case "meshkey" -> meshKey = in.readString();
          default -> in.skipValue();
        }
      }
      in.endObject();
    } catch (RuntimeException _) {
      return null; // whatever the bytes provoke in the reader is a property of the bytes
    }
    return new ClientInfo(version, canAckPings, isProber, appName, meshKey);
  }

  static @Nullable ServerInfo parseServerInfo(byte[] json) {
    if (isTooDeep(json)) {
      return null;
    }
    int version = 0;
    long bytesPerSecond = 0;
    long burstBytes = 0;
    try (JsonReader in = JSON.reader(json)) {
      in.beginObject();
      while (in.hasNextField()) {
        String name = in.nextField().toLowerCase(Locale.ROOT);
        if (in.isNullValue()) {
          continue;
        }
        switch (name) {
          case "version" -> version = in.readInt();
          case "tokenbucketbytespersecond" -> bytesPerSecond = in.readLong();
          case "tokenbucketbytesburst" -> burstBytes = in.readLong();
          default -> in.skipValue();
        }
      }
      in.endObject();
    } catch (RuntimeException _) {
      return null; // whatever the bytes provoke in the reader is a property of the bytes
    }
    return new ServerInfo(version, bytesPerSecond, burstBytes);
  }

  /// Whether brackets nest deeper than any sensible document. Text inside strings counts too, which
  /// errs on the safe side.
  private static boolean isTooDeep(byte[] json) {
    int depth = 0;
    for (byte b : json) {
      if (b == '{' || b == '[') {
        depth++;
      } else if (b == '}' || b == ']') {
        depth--;
      }
      if (depth > MAX_DEPTH) {
        return true;
      }
    }
    return false;
  }
}
