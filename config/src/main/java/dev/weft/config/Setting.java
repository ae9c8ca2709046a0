package dev.weft.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One thing that can be set: the typed key by which a program asks [Settings] for it. Immutable;
/// the `with`-like methods return a changed copy, so a declaration reads as one expression:
///
/// ```java
/// static final Setting<HostPort> LISTEN =
///     Setting.hostPort("listen", "where clients connect").orElse(new HostPort("", 443));
/// static final Setting<Secret> AUTH_KEY =
///     Setting.secret("auth-key", "key that lets the node join").environment("TS_AUTHKEY");
/// ```
///
/// The name is the flag (`--listen`), the key in the file (`"listen"`) and, in capitals behind
/// `WEFT_`, the environment variable (`WEFT_LISTEN`).
public final class Setting<T> {
  private final String name;
  private final String description;
  private final String placeholder;
  private final Kind<T> kind;
  private final @Nullable T fallback;
  private final List<String> otherVariables;
  private final boolean isSecret;

  private Setting(
      String name,
      String description,
      String placeholder,
      Kind<T> kind,
      @Nullable T fallback,
      List<String> otherVariables,
      boolean isSecret) {
    if (!name.matches("[a-z][a-z0-9]*(-[a-z0-9]+)*")) {
      throw new IllegalArgumentException(
          "a setting's name is lower-case words joined by '-': " + name);
    }
    this.name = name;
    this.description = description;
    this.placeholder = placeholder;
    this.kind = kind;
    this.fallback = fallback;
    this.otherVariables = otherVariables;
    this.isSecret = isSecret;
  }

  private static <T> Setting<T> of(
      String name, String description, String placeholder, Kind<T> kind) {
    return new Setting<>(name, description, placeholder, kind, null, List.of(), false);
  }

  private static <T> Setting<T> text(
      String name,
      String description,
      String placeholder,
      String expects,
      Function<String, @Nullable T> parser) {
    return of(
        name, description, placeholder, new Kind.Scalar<>(expects, Kind.Shape.STRING, parser));
  }

  /// Non-empty text.
  public static Setting<String> string(String name, String description) {
    return text(name, description, "TEXT", "text that is not empty", t -> t.isEmpty() ? null : t);
  }

  /// Non-empty text that is never printed.
  public static Setting<Secret> secret(String name, String description) {
    Setting<Secret> s =
        text(
            name,
            description,
            "SECRET",
            "text that is not empty",
            t -> t.isEmpty() ? null : new Secret(t));
    return new Setting<>(name, description, s.placeholder, s.kind, null, List.of(), true);
  }

  /// `true` or `false`; a flag without a value means true, and the other spellings of Go's flags
  /// are understood there.
  public static Setting<Boolean> bool(String name, String description) {
    Kind<Boolean> kind =
        new Kind.Scalar<>(
            "true or false",
            Kind.Shape.BOOLEAN,
            t ->
                switch (t) {
                  case "true", "True", "TRUE", "t", "T", "1" -> Boolean.TRUE;
                  case "false", "False", "FALSE", "f", "F", "0" -> Boolean.FALSE;
                  default -> null;
                });
    return of(name, description, "", kind);
  }

  /// A whole number from `min` to `max`.
  public static Setting<Integer> integer(String name, String description, int min, int max) {
    Function<String, @Nullable Integer> parser =
        t -> {
          if (!t.matches("-?\\d{1,10}")) {
            return null;
          }
          long value = Long.parseLong(t);
          return value < min || value > max ? null : (int) value;
        };
    String expects = "a whole number from " + min + " to " + max;
    return of(name, description, "N", new Kind.Scalar<>(expects, Kind.Shape.NUMBER, parser));
  }

  public static Setting<Path> path(String name, String description) {
    return text(name, description, "PATH", "a path", t -> t.isEmpty() ? null : Path.of(t));
  }

  /// See [DurationText].
  public static Setting<Duration> duration(String name, String description) {
    return text(
        name,
        description,
        "DURATION",
        DurationText.EXPECTED,
        t -> DurationText.parse(t).orElse(null));
  }

  /// See [HostPort].
  public static Setting<HostPort> hostPort(String name, String description) {
    return text(
        name, description, "ADDRESS:PORT", HostPort.EXPECTED, t -> HostPort.parse(t).orElse(null));
  }

  /// An absolute `http://` or `https://` URL with a host.
  public static Setting<URI> httpUrl(String name, String description) {
    return text(
        name,
        description,
        "URL",
        "a URL such as https://weft.example.com",
        t -> {
          URI uri = URI.create(t);
          boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
          return isHttp && uri.getHost() != null && uri.getUserInfo() == null ? uri : null;
        });
  }

  /// One of the given words.
  public static Setting<String> oneOf(String name, String description, List<String> words) {
    return text(
        name,
        description,
        String.join("|", words),
        "one of " + String.join(", ", words),
        t -> words.contains(t) ? t : null);
  }

  /// Text with a meaning of the caller's own. `parser` refuses with [IllegalArgumentException];
  /// `expects` completes "expected …".
  public static <T> Setting<T> parsed(
      String name, String description, String expects, Function<String, T> parser) {
    return text(name, description, "VALUE", expects, text -> parser.apply(text));
  }

  /// A whole HuJSON value, such as a DERP map written into the file.
  public static Setting<Json> document(String name, String description, String expects) {
    return of(name, description, "HUJSON", new Kind.Document(expects));
  }

  /// Any number of this: an array in the file, commas in the environment, commas or a repeated flag
  /// on the command line.
  public Setting<List<T>> list() {
    return new Setting<>(
        name,
        description,
        placeholder + ",…",
        new Kind.ListOf<>(kind),
        null,
        otherVariables,
        isSecret);
  }

  /// The value when nobody sets one.
  public Setting<T> orElse(T value) {
    return new Setting<>(name, description, placeholder, kind, value, otherVariables, isSecret);
  }

  /// Further environment variables, tried in order after `WEFT_…`: the names that the original
  /// understands.
  public Setting<T> environment(String... variables) {
    return new Setting<>(
        name, description, placeholder, kind, fallback, List.of(variables), isSecret);
  }

  public String name() {
    return name;
  }

  String description() {
    return description;
  }

  String placeholder() {
    return placeholder;
  }

  Kind<T> kind() {
    return kind;
  }

  Optional<T> fallback() {
    return Optional.ofNullable(fallback);
  }

  List<String> otherVariables() {
    return otherVariables;
  }

  boolean isSecret() {
    return isSecret;
  }

  @Override
  public String toString() {
    return name;
  }
}
