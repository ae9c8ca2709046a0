package dev.weft.ipn;

import static dev.weft.json.JsonTypes.STRING;

import dev.weft.json.JsonType;
import dev.weft.json.ObjectType;
import org.jspecify.annotations.Nullable;

/// The body of `start`: the settings to begin with, when they change, and the key to log in with,
/// or an empty text.
public record Options(@Nullable Prefs updatePrefs, String authKey) {
  public static final JsonType<Options> JSON =
      ObjectType.<Options, Builder>of(Builder::new, Builder::build)
          .always("FrontendLogID", STRING, _ -> "", (_, _) -> {})
          .always("UpdatePrefs", Prefs.JSON, Options::updatePrefs, (b, v) -> b.updatePrefs = v)
          .always("AuthKey", STRING, Options::authKey, (b, v) -> b.authKey = v)
          .build();

  /// The key is a secret.
  @Override
  public String toString() {
    return "Options[updatePrefs=" + updatePrefs + ", authKey=[redacted]]";
  }

  private static final class Builder {
    private @Nullable Prefs updatePrefs;
    private String authKey = "";

    private Options build() {
      return new Options(updatePrefs, authKey);
    }
  }
}
