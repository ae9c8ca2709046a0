package dev.weft.tailcfg;

import static dev.weft.json.JsonTypes.listOf;

import dev.weft.json.JsonType;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A named part of the packet filter: its rules, or the statement that the part is gone.
public record FilterChunk(@Nullable List<FilterRule> rules) {
  /// Removes the chunk of this name. An empty list of rules is something else: a chunk that admits
  /// nothing.
  public static final FilterChunk DELETED = new FilterChunk(null);

  static final JsonType<FilterChunk> JSON =
      new JsonType<>() {
        private final JsonType<List<FilterRule>> list = listOf(FilterRule.JSON);

        @Override
        public FilterChunk read(JsonReader in) {
          return new FilterChunk(list.read(in));
        }

        @Override
        public void write(JsonWriter out, FilterChunk chunk) {
          if (chunk.rules == null) {
            out.nullValue();
          } else {
            list.write(out, chunk.rules);
          }
        }
      };

  public FilterChunk {
    rules = rules == null ? null : List.copyOf(rules);
  }

  public static FilterChunk of(List<FilterRule> rules) {
    return new FilterChunk(rules);
  }
}
