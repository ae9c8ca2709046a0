package dev.weft.json;

import static dev.weft.json.JsonTypes.BASE64;
import static dev.weft.json.JsonTypes.DOUBLE;
import static dev.weft.json.JsonTypes.INT;
import static dev.weft.json.JsonTypes.STRING;
import static dev.weft.json.JsonTypes.TIME;
import static dev.weft.json.JsonTypes.TRI_STATE;
import static dev.weft.json.JsonTypes.UINT16;
import static dev.weft.json.JsonTypes.listOf;
import static dev.weft.json.JsonTypes.mapOf;
import static dev.weft.json.JsonTypes.mapWithNulls;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonTest {

  @Test
  void namesAreMatchedWithoutRegardToCaseAndUnknownOnesAreSkipped() throws MalformedJson {
    Sample sample = decode("{\"NAME\":\"x\",\"other\":{\"a\":[1,{\"b\":null}]},\"count\":3}");
    assertEquals("x", sample.name);
    assertEquals(3, sample.count);
  }

  @Test
  void aRawValueKeepsWhatIsNoAscii() throws MalformedJson {
    List<String> texts =
        Json.decode(
            listOf(STRING), Json.encode(listOf(RawJson.JSON), List.of(new RawJson("\"é€😀\""))));
    assertEquals(List.of("é€😀"), texts);
  }

  @Test
  void whatIsNoUtf8IsReplacedOnce() throws MalformedJson {
    byte[] broken = {'[', '"', (byte) 0xe7, 'a', (byte) 0xff, '"', ']'};
    assertEquals(List.of("\ufffda\ufffd"), Json.decode(listOf(STRING), broken));
  }

  @Test
  void aRawValueLeavesOutTheSpaceAroundIt() throws MalformedJson {
    assertEquals(
        List.of(new RawJson("false"), new RawJson("1")),
        Json.decode(listOf(RawJson.JSON), "[\n\tfalse , 1\n]"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "abc",
        "tru",
        "01",
        "1e",
        "-",
        "+1",
        ".5",
        "[1,]",
        "[01]",
        "[1 2]",
        "{\"a\":}",
        "{\"a\":1,}",
        "\"a\nb\"",
        "\"\\q\"",
        "\"\\u12g4\"",
        "[\"\\ud8\"]",
        "[\uff11]"
      })
  void aRawValueThatIsNoJsonIsRefusedLestItSpoilWhateverItIsPutInto(String text) {
    assertThrows(
        MalformedJson.class, () -> Json.decode(mapOf(RawJson.JSON), "{\"x\":" + text + "}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "[ ]",
        "{ \"a\" : [ 1 , -0.5e+10 , true , null ] }",
        "\"\\u00e9\\n\"",
        "-0",
        "1E5",
        "{\"a\":{\"a\":[[\"]\"]]}}"
      })
  void aRawValueIsAnyJson(String text) throws MalformedJson {
    assertEquals(
        new RawJson(text), Json.decode(mapOf(RawJson.JSON), "{\"x\":" + text + "}").get("x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e999", "-1e999", "\"NaN\"", "\"Infinity\""})
  void aNumberThatJsonCannotSpellIsRefused(String text) {
    assertThrows(MalformedJson.class, () -> Json.decode(listOf(DOUBLE), "[" + text + "]"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "65536", "9223372036854775807"})
  void aPortThatIsNoneIsRefused(String text) {
    assertThrows(MalformedJson.class, () -> Json.decode(listOf(UINT16), "[" + text + "]"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"+10000-01-01T00:00:00Z", "-0001-12-31T23:59:59Z"})
  void aTimeThatGoCannotReadIsRefused(String text) {
    assertThrows(MalformedJson.class, () -> Json.decode(listOf(TIME), "[\"" + text + "\"]"));
  }

  @Test
  void halfASurrogatePairIsReplacedSoThatWhatWasReadCanBeWritten() throws MalformedJson {
    List<String> read = Json.decode(listOf(STRING), "[\"a\\ud800b\\udc00\",\"\\ud83d\\ude00\"]");
    assertEquals(List.of("a\ufffdb\ufffd", "\ud83d\ude00"), read);
    assertEquals(
        "[\"a\ufffdb\ufffd\",\"\ud83d\ude00\"]",
        new String(Json.encode(listOf(STRING), read), UTF_8));
    SortedMap<String, String> map = Json.decode(mapOf(STRING), "{\"\\ud800\":\"x\"}");
    assertEquals("{\"\ufffd\":\"x\"}", Json.encodeToText(mapOf(STRING), map));
  }

  @Test
  void theExactNameWinsOverAnotherCase() throws MalformedJson {
    assertEquals(
        "a\"\\/\u00e9\ud83d\ude00",
        decode("{\"Name\":\"a\\\"\\\\\\/\\u00e9\\ud83d\\ude00\"}").name);
  }

  @Test
  void nullLeavesTheDefault() throws MalformedJson {
    Sample sample =
        decode("{\"Name\":null,\"Count\":null,\"List\":null,\"Tri\":null,\"When\":null}");
    assertEquals(new Sample(), sample);
  }

  @Test
  void anAbsentListAnEmptyListAndATriStateFalseAreThreeDifferentThings() throws MalformedJson {
    assertNull(decode("{}").list);
    assertEquals(List.of(), decode("{\"List\":[]}").list);
    assertEquals(false, decode("{\"Tri\":false}").tri);
    assertEquals(
        "{\"Name\":\"\",\"List\":[],\"Tri\":false}", reencode("{\"List\":[],\"Tri\":false}"));
    assertEquals("{\"Name\":\"\"}", reencode("{}"));
  }

  @Test
  void aRequiredFieldIsWrittenWhenZeroAndAnOptionalOneIsNot() throws MalformedJson {
    assertEquals("{\"Name\":\"\"}", reencode("{\"Count\":0,\"Name\":\"\"}"));
  }

  @Test
  void slashesAndAnglesAreWrittenAsTheyAre() throws MalformedJson {
    assertEquals("{\"Name\":\"https://x/<&>\"}", reencode("{\"Name\":\"https://x/<&>\"}"));
  }

  @Test
  void goZeroTimeMeansNoTime() throws MalformedJson {
    assertNull(decode("{\"When\":\"0001-01-01T00:00:00Z\"}").when);
    assertEquals(
        Instant.parse("2026-08-22T08:00:00.123456789Z"),
        decode("{\"When\":\"2026-08-22T10:00:00.123456789+02:00\"}").when);
  }

  @Test
  void aNullEntryOfAMapIsKeptWhereItIsAStatement() throws MalformedJson {
    SortedMap<String, String> map =
        Json.decode(mapWithNulls(STRING, "gone"), "{\"b\":null,\"a\":\"x\"}");
    assertEquals("{a=x, b=gone}", map.toString());
    assertEquals("{\"a\":\"x\",\"b\":null}", Json.encodeToText(mapWithNulls(STRING, "gone"), map));
    assertEquals("{a=x}", Json.decode(mapOf(STRING), "{\"b\":null,\"a\":\"x\"}").toString());
  }

  @Test
  void rawValuesAreCarriedVerbatim() throws MalformedJson {
    String text = "[{\"a\":[1,2.50,null]},\"]\",true]";
    assertEquals(
        text, Json.encodeToText(listOf(RawJson.JSON), Json.decode(listOf(RawJson.JSON), text)));
  }

  @Test
  void anIntBeyondOursIsTheNearestThatIsNot() throws MalformedJson {
    assertEquals(
        List.of(Integer.MAX_VALUE, Integer.MIN_VALUE, 7),
        Json.decode(listOf(INT), "[99999999999, -2147483649, 7]"));
  }

  @Test
  void bytesAreStandardBase64() throws MalformedJson {
    assertArrayEquals(
        new byte[] {-1, -2, -3, -4}, Json.decode(listOf(BASE64), "[\"//79/A==\"]").get(0));
    assertEquals("\"//79/A==\"", Json.encodeToText(BASE64, new byte[] {-1, -2, -3, -4}));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "{",
        "[]",
        "{\"Name\":1",
        "{\"Name\":{}}",
        "{\"Count\":\"x\"}",
        "{\"Count\":99999999999999999999}",
        "{\"When\":\"soon\"}",
        "{\"List\":[\"a\"}",
        "{\"Name\" \"x\"}",
        "\"\\",
        "{\"Name\":\"\\uZZZZ\"}"
      })
  void brokenInputIsMalformedAndNothingElse(String text) {
    assertThrows(MalformedJson.class, () -> decode(text));
  }

  @Test
  void nestingIsBounded() {
    assertThrows(MalformedJson.class, () -> decode("{\"x\":" + "[".repeat(500_000)));
  }

  @Test
  void randomDamageNeverEscapesAsAnotherException() {
    long seed = 7;
    Random random = new Random(seed);
    byte[] good =
        "{\"Name\":\"\\u00e9x\",\"Count\":12,\"List\":[\"a\",null],\"Tri\":true,\"R\":[1.5e3]}"
            .getBytes(UTF_8);
    for (int round = 0; round < 20_000; round++) {
      byte[] bad = good.clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      try {
        Json.decode(Sample.JSON, bad);
      } catch (MalformedJson _) {
        // the only exception allowed
      }
    }
  }

  private static Sample decode(String text) throws MalformedJson {
    return Json.decode(Sample.JSON, text);
  }

  private static String reencode(String text) throws MalformedJson {
    return Json.encodeToText(Sample.JSON, decode(text));
  }

  private static final class Sample {
    static final JsonType<Sample> JSON =
        ObjectType.<Sample, Sample>of(Sample::new, s -> s)
            .always("Name", STRING, s -> s.name, (s, v) -> s.name = v)
            .omit("Count", INT, s -> s.count, (s, v) -> s.count = v)
            .omitNull("List", listOf(STRING), s -> s.list, (s, v) -> s.list = v)
            .omit("Tri", TRI_STATE, s -> s.tri, (s, v) -> s.tri = v)
            .omit("When", TIME, s -> s.when, (s, v) -> s.when = v)
            .build();

    private String name = "";
    private int count;
    private @Nullable List<String> list;
    private @Nullable Boolean tri;
    private @Nullable Instant when;

    @Override
    public boolean equals(Object other) {
      return other instanceof Sample s
          && Json.encodeToText(JSON, s).equals(Json.encodeToText(JSON, this));
    }

    @Override
    public int hashCode() {
      return name.hashCode();
    }
  }
}
