package dev.weft.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weft.config.ConfigException;
import dev.weft.config.HuJson;
import dev.weft.config.Setting;
import dev.weft.config.Settings;
import dev.weft.config.SettingsSchema;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// What people write: HuJSON, flags, environment.
final class SettingsFuzzTest {
  private static final SettingsSchema SCHEMA =
      SettingsSchema.of(
          "weft fuzz",
          Setting.string("name", "a text"),
          Setting.integer("port", "a number", 0, 65_535).orElse(0),
          Setting.bool("switch", "on or off").orElse(false),
          Setting.hostPort("listen", "an address"),
          Setting.secret("key", "a secret"),
          Setting.duration("wait", "a time"),
          Setting.path("folder", "a path"));

  @FuzzTest
  void anyTextIsAValueOrAnError(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    try {
      assertEquals(HuJson.parse("fuzz", text), HuJson.parse("fuzz", text));
    } catch (ConfigException _) {
      // With a line and a column.
    }
    try {
      // But for the one that names a file: which file is for the user to say.
      String harmless = text.contains("config") ? text.replace('f', 'x') : text;
      List<String> flags = List.of(harmless.split("\n", 8));
      Settings.load(SCHEMA, flags, Map.of());
    } catch (ConfigException _) {
      // Names what is wrong.
    }
    try {
      Settings.load(
          SCHEMA,
          List.of(),
          Map.of(
              "WEFT_LISTEN",
              text,
              "WEFT_WAIT",
              text,
              "WEFT_FOLDER",
              text,
              "WEFT_PORT",
              text,
              "WEFT_SWITCH",
              text));
    } catch (ConfigException _) {
      // Names what is wrong.
    }
  }
}
