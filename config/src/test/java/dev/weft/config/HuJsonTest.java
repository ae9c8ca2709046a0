package dev.weft.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.config.Json.JsonArray;
import dev.weft.config.Json.JsonNumber;
import dev.weft.config.Json.JsonObject;
import dev.weft.config.Json.JsonString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HuJsonTest {
  @TempDir Path dir;

  @Test
  void commentsAndTrailingCommasAreAllowed() {
    JsonObject o =
        object(
            """
            // before
            { /* inside
                 two lines */
              "a": [1, 2.5e3, -0,], // after
              "b": {"c": null, "d": true, "e": false,},
            } // at the end, without a line end\
            """);

    JsonArray a = assertInstanceOf(JsonArray.class, o.members().get("a").value());
    assertEquals(
        List.of("1", "2.5e3", "-0"),
        a.items().stream().map(i -> ((JsonNumber) i).literal()).toList());
    assertEquals(new Position(4, 3), o.members().get("a").namePosition());
    assertEquals(new Position(4, 8), a.position());
    assertEquals(new Position(4, 12), a.items().get(1).position());
  }

  @Test
  void escapesAreDecoded() {
    JsonString s =
        assertInstanceOf(
            JsonString.class,
            HuJson.parse("t", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00 é😀\""));
    assertEquals("\"\\/\b\f\n\r\té😀 é😀", s.value());
  }

  @Test
  void membersKeepTheOrderOfTheFile() {
    assertEquals(
        List.of("z", "a", "m"),
        List.copyOf(object("{\"z\":1,\"a\":2,\"m\":3}").members().keySet()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "                    | 1:1: expected a value, such as { }, found the end of the file",
        "{                   | 1:2: expected a name in double quotes, or '}', found the end of the file",
        "{a: 1}              | 1:2: expected a name in double quotes, or '}', found 'a'",
        "{\"a\" 1}           | 1:6: expected ':' after the name \"a\", found '1'",
        "{\"a\": 1 \"b\": 2} | 1:9: expected ',' or '}' after the value of \"a\", found a string",
        "{\"a\": 1,, }       | 1:9: expected a name in double quotes, found ','",
        "{,}                 | 1:2: expected a name in double quotes, or '}', found ','",
        "[1 2]               | 1:4: expected ',' or ']' after the item, found '2'",
        "[,]                 | 1:2: expected a value (text stands in double quotes), found ','",
        "[1]]                | 1:4: expected nothing after the value, found ']'",
        "{\"a\":1,\"a\":2}   | 1:8: \"a\" stands already in line 1",
        "'x'                 | 1:1: expected a value (text stands in double quotes), found '''",
        "True                | 1:1: expected a value (text stands in double quotes), found 'True'",
        "nullx               | 1:1: expected a value (text stands in double quotes), found 'nullx'",
        "01                  | 1:2: expected the end of the number, found '1'",
        "0x10                | 1:2: expected the end of the number, found 'x10'",
        "1.                  | 1:3: expected a digit, found the end of the file",
        "-                   | 1:2: expected a digit, found the end of the file",
        "1e+                 | 1:4: expected a digit, found the end of the file",
        "+1                  | 1:1: expected a value (text stands in double quotes), found '+'",
        "NaN                 | 1:1: expected a value (text stands in double quotes), found 'NaN'",
        "\"abc               | 1:1: expected a closing double quote in the same line",
        "\"a\\q\"            | 1:4: expected one of \" \\ / b f n r t u after the backslash, found 'q'",
        "\"\\u12g4\"         | 1:6: expected four hexadecimal digits after \\u, found 'g4'",
        "\"\\ud800\"         | 1:1: expected well-formed Unicode, found half of a surrogate pair",
        "/* x                | 1:1: expected */ at the end of this comment",
        "/x                  | 1:1: expected // or /* for a comment",
        "{} # x              | 1:4: expected nothing after the value, found '#'",
      })
  void whatIsWrongIsNamedWithItsPlace(String text, String message) {
    ConfigException e =
        assertThrows(ConfigException.class, () -> HuJson.parse("f", text == null ? "" : text));
    assertEquals("f:" + message, e.getMessage());
  }

  @Test
  void aControlCharacterInTextIsRefused() {
    assertEquals(
        "f:1:3: expected text without control characters (write \\t, \\u0007 and the like), found U+0009",
        assertThrows(ConfigException.class, () -> HuJson.parse("f", "\"a\tb\"")).getMessage());
  }

  @Test
  void linesAreCountedThroughCommentsAndWindowsLineEnds() {
    assertEquals(
        "f:4:1: expected nothing after the value, found 'x'",
        assertThrows(ConfigException.class, () -> HuJson.parse("f", "/*\r\n*/ // c\r\n{}\r\nx"))
            .getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":"})
  void deepNestingIsRefusedWithoutExhaustingTheStack(String open) {
    String message =
        assertThrows(ConfigException.class, () -> HuJson.parse("f", open.repeat(1_000_000)))
            .getMessage();
    assertTrue(message.contains("nested more than 100 deep"), message);
  }

  @Test
  void aFileThatIsNotUtf8IsRefusedWithItsPlace() throws IOException {
    Path file = Files.write(dir.resolve("f"), new byte[] {'{', '\n', ' ', (byte) 0xE9, '}'});
    assertEquals(
        file + ":2:2: expected UTF-8 text, found a byte that is none",
        assertThrows(ConfigException.class, () -> HuJson.read(file)).getMessage());
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheText() throws IOException {
    Path file = Files.writeString(dir.resolve("f"), "\uFEFF{}");
    assertEquals(new Position(1, 1), HuJson.read(file).position());
  }

  @Test
  void aMissingFileIsNamed() {
    assertEquals(
        dir.resolve("none") + ": there is no such file",
        assertThrows(ConfigException.class, () -> HuJson.read(dir.resolve("none"))).getMessage());
  }

  /// Whatever the text: a value, or a message with a place. Never another exception.
  @Test
  void mutatedTextNeverFailsOtherwise() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String good =
        "// c\n{\"a\": [1, -2.5e3, \"x\\u0041\", /* b */ true, null,], \"b\": {\"c\": {}}}";
    String alphabet = "{}[]\",:\\/*u0- \n\tae\ud800\u0000";
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder(good);
      for (int i = random.nextInt(4); i >= 0; i--) {
        int at = random.nextInt(text.length());
        char c = alphabet.charAt(random.nextInt(alphabet.length()));
        switch (random.nextInt(3)) {
          case 0 -> text.setCharAt(at, c);
          case 1 -> text.insert(at, c);
          default -> text.deleteCharAt(at);
        }
      }
      try {
        HuJson.parse("f", text.toString());
      } catch (ConfigException e) {
        assertTrue(e.getMessage().matches("(?s)f:\\d+:\\d+: .+"), e.getMessage());
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", text " + text, e);
      }
    }
  }

  private static JsonObject object(String text) {
    return assertInstanceOf(JsonObject.class, HuJson.parse("t", text));
  }
}
