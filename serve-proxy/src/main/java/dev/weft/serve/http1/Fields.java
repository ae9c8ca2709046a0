package dev.weft.serve.http1;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The header fields of one message, or its trailer: places in the bytes that were received.
/// Well-formed by construction.
public final class Fields {
  /// More than any client sends and few enough to look through for each of them.
  static final int MAX_FIELDS = 200;

  private static final int NAME = 0;
  private static final int NAME_END = 1;
  private static final int VALUE = 2;
  private static final int VALUE_END = 3;
  private static final int STRIDE = 4;
  private static final Set<String> KNOWN_OPTIONS = Set.of("", "close", "keep-alive", "upgrade");

  private final byte[] bytes;
  private int[] places = new int[16 * STRIDE];
  private FieldName[] names = new FieldName[16];
  private int count;
  private @Nullable List<String> connectionOptions;

  Fields(byte[] bytes) {
    this.bytes = bytes;
  }

  /// Returns false when there are too many.
  boolean add(int name, int nameEnd, int value, int valueEnd) {
    if (count == MAX_FIELDS) {
      return false;
    }
    if (count == names.length) {
      names = Arrays.copyOf(names, count * 2);
      places = Arrays.copyOf(places, count * 2 * STRIDE);
    }
    int at = count * STRIDE;
    places[at + NAME] = name;
    places[at + NAME_END] = nameEnd;
    places[at + VALUE] = value;
    places[at + VALUE_END] = valueEnd;
    names[count++] = FieldName.of(bytes, name, nameEnd);
    return true;
  }

  public int count() {
    return count;
  }

  public FieldName name(int i) {
    return names[i];
  }

  /// The name as it was sent.
  public String spelling(int i) {
    return text(places[i * STRIDE + NAME], places[i * STRIDE + NAME_END]);
  }

  /// The value without blanks around it; bytes above 127 as ISO 8859-1.
  public String value(int i) {
    return text(places[i * STRIDE + VALUE], places[i * STRIDE + VALUE_END]);
  }

  public int count(FieldName name) {
    int found = 0;
    for (int i = 0; i < count; i++) {
      found += names[i] == name ? 1 : 0;
    }
    return found;
  }

  /// The value of the first field of that name, or null.
  public @Nullable String first(FieldName name) {
    for (int i = 0; i < count; i++) {
      if (names[i] == name) {
        return value(i);
      }
    }
    return null;
  }

  /// Whether a list-valued field, in any of its lines, names `token`.
  public boolean lists(FieldName name, String token) {
    for (int i = 0; i < count; i++) {
      if (names[i] == name && listContains(value(i), token)) {
        return true;
      }
    }
    return false;
  }

  private static boolean listContains(String list, String token) {
    int from = 0;
    while (from <= list.length()) {
      int comma = list.indexOf(',', from);
      int to = comma < 0 ? list.length() : comma;
      if (list.substring(from, to).strip().equalsIgnoreCase(token)) {
        return true;
      }
      from = to + 1;
    }
    return false;
  }

  /// Whether the `Connection` field names this one, which makes it end at this hop (RFC 9110
  /// §7.6.1).
  public boolean isListedByConnection(int i) {
    List<String> options = connectionOptions();
    return !options.isEmpty() && options.contains(spelling(i).toLowerCase(Locale.ROOT));
  }

  /// The options that are names of further fields: mostly none.
  private List<String> connectionOptions() {
    if (connectionOptions == null) {
      List<String> options = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        if (names[i] == FieldName.CONNECTION) {
          for (String option : value(i).toLowerCase(Locale.ROOT).split(",", -1)) {
            if (!KNOWN_OPTIONS.contains(option.strip())) {
              options.add(option.strip());
            }
          }
        }
      }
      connectionOptions = options;
    }
    return connectionOptions;
  }

  /// Writes the line as it was received, blanks around the value normalised.
  public void writeLine(ByteBuf out, int i) {
    int at = i * STRIDE;
    out.writeBytes(bytes, places[at + NAME], places[at + NAME_END] - places[at + NAME]);
    out.writeByte(':').writeByte(' ');
    out.writeBytes(bytes, places[at + VALUE], places[at + VALUE_END] - places[at + VALUE]);
    out.writeByte('\r').writeByte('\n');
  }

  private String text(int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < count; i++) {
      // Values may be passwords and cookies.
      out.append(spelling(i).toLowerCase(Locale.ROOT)).append(' ');
    }
    return out.toString().strip();
  }
}
