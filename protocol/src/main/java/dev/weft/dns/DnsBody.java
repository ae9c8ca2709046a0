package dev.weft.dns;

import dev.weft.base.Ip;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// The data of a record as text.
final class DnsBody {
  private DnsBody() {}

  /// @param type null for a type without a name here, whose data is shown in hexadecimal digits
  static String read(DnsReader in, @Nullable DnsType type, int length) {
    return switch (type) {
      case A -> address(in, length, 4);
      case AAAA -> address(in, length, 16);
      case NS, CNAME, PTR -> in.name();
      case MX -> {
        int preference = in.int16();
        yield in.name() + " (Priority=" + preference + ")";
      }
      case SRV -> service(in);
      case TXT -> texts(in, length);
      case SOA, HINFO, OPT, ALL -> HexFormat.of().formatHex(in.bytes(length));
      case null -> HexFormat.of().formatHex(in.bytes(length));
    };
  }

  private static String address(DnsReader in, int length, int expected) {
    byte[] bytes = in.bytes(length);
    return bytes.length == expected ? Ip.ofBytes(bytes, 0, expected).toString() : "";
  }

  private static String service(DnsReader in) {
    int priority = in.int16();
    int weight = in.int16();
    int port = in.int16();
    String target = in.name();
    return "Target=" + target + ", Port=" + port + ", Priority=" + priority + ", Weight=" + weight;
  }

  private static String texts(DnsReader in, int length) {
    StringBuilder out = new StringBuilder("[");
    int end = in.position() + length;
    while (in.position() < end && !in.isMalformed()) {
      out.append(out.length() > 1 ? " \"" : "\"");
      for (byte b : in.bytes(Math.min(in.int8(), Math.max(0, end - in.position())))) {
        int c = b & 0xff;
        if (c == '"' || c == '\\') {
          out.append('\\').append((char) c);
        } else if (c >= ' ' && c < 0x7f) {
          out.append((char) c);
        } else {
          out.append("\\x").append(HexFormat.of().toHexDigits(b));
        }
      }
      out.append('"');
    }
    return out.append(']').toString();
  }
}
