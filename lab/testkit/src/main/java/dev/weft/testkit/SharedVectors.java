package dev.weft.testkit;

import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/// Test vectors that others published (Wycheproof, Noise). They are not part of the repository:
/// they are read from `vectors/` in the folder that `WEFT_SHARED` names, else from
/// `shared/vectors/` beside the checkout.
public final class SharedVectors {
  private SharedVectors() {}

  /// The top-level object of a file. When the file is not there the calling test is skipped, and
  /// says so on stderr too.
  public static Vector read(String fileName) {
    return read("vectors", fileName);
  }

  /// A file of messages captured from official clients, from `captures/` beside `vectors/`.
  public static Vector capture(String fileName) {
    return read("captures", fileName);
  }

  private static Vector read(String folder, String fileName) {
    Optional<Path> file = find(folder, fileName);
    if (file.isEmpty()) {
      String reason =
          "%1$s/%2$s not found: set WEFT_SHARED to the folder that holds %1$s/"
              .formatted(folder, fileName);
      System.err.println("SKIPPED: " + reason);
      Assumptions.abort(reason);
    }
    try {
      Object json =
          Jsonb.instance().type(Object.class).fromJson(Files.readString(file.orElseThrow()));
      return new Vector((Map<?, ?>) Objects.requireNonNull(json));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// All cases of a Wycheproof file, of all its groups; each also knows the fields of its group.
  public static List<Vector> wycheproof(String fileName) {
    List<Vector> cases = new ArrayList<>();
    for (Vector group : read(fileName).list("testGroups")) {
      for (Vector test : group.list("tests")) {
        cases.add(test.within(group));
      }
    }
    return cases;
  }

  private static Optional<Path> find(String folder, String fileName) {
    List<Path> roots = new ArrayList<>();
    @Nullable String configured = System.getenv("WEFT_SHARED");
    if (configured != null) {
      roots.add(Path.of(configured));
    }
    // Surefire runs in the module's folder, a worktree may sit one folder deeper than a checkout.
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      roots.add(at.resolve("shared"));
    }
    return roots.stream()
        .map(root -> root.resolve(folder).resolve(fileName))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  /// A JSON object of a vector file.
  ///
  /// @param fields as parsed: text, numbers, booleans, lists and maps
  public record Vector(Map<?, ?> fields) {
    /// Whether the field is there.
    public boolean has(String name) {
      return fields.get(name) != null;
    }

    /// A field of text.
    public String text(String name) {
      return (String) required(name);
    }

    /// A whole number.
    public long number(String name) {
      return ((Number) required(name)).longValue();
    }

    /// A field of hex digits; absent means no bytes.
    public byte[] hex(String name) {
      return has(name) ? HexFormat.of().parseHex(text(name)) : new byte[0];
    }

    /// A list of fields of hex digits.
    public List<byte[]> hexes(String name) {
      return ((List<?>) required(name))
          .stream().map(entry -> HexFormat.of().parseHex((String) entry)).toList();
    }

    /// A list of objects.
    public List<Vector> list(String name) {
      return ((List<?>) required(name))
          .stream().map(entry -> new Vector((Map<?, ?>) entry)).toList();
    }

    /// The `result` of a Wycheproof case is `valid` or `acceptable`.
    public boolean isValid() {
      return !text("result").equals("invalid");
    }

    /// How to name a Wycheproof case in a message.
    public String id() {
      return "tcId " + number("tcId") + " (" + text("comment") + ")";
    }

    private Vector within(Vector group) {
      Map<Object, Object> merged = new LinkedHashMap<>(group.fields);
      merged.putAll(fields);
      return new Vector(merged);
    }

    private Object required(String name) {
      return Objects.requireNonNull(fields.get(name), () -> "no field " + name);
    }
  }
}
