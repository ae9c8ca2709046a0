package dev.weft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlagSetTest {
  private final FlagSet set = new FlagSet("weft test");
  private final Flag<Boolean> on = set.flag("on", true, "");
  private final Flag<String> name = set.text("name", "NAME", "", "");
  private final Flag<Long> count = set.number("c", "N", 10, "");
  private final Flag<Duration> timeout = set.duration("timeout", Duration.ZERO, "");

  @Test
  void oneDashIsAsGoodAsTwoAndAValueFollowsEitherWay() throws Exception {
    List<String> rest = set.parse(List.of("-name", "x", "--c=3", "--timeout", "1m30s", "a", "b"));

    assertEquals("x", name.value());
    assertEquals(3, count.value());
    assertEquals(Duration.ofSeconds(90), timeout.value());
    assertEquals(List.of("a", "b"), rest);
    assertTrue(name.isSet());
    assertFalse(on.isSet());
  }

  @Test
  void aBooleanStandsAlone() throws Exception {
    assertEquals(List.of("false"), set.parse(List.of("--on", "false")));
    assertTrue(on.value());
  }

  @Test
  void aBooleanIsTurnedOffByEquals() throws Exception {
    set.parse(List.of("--on=false"));

    assertFalse(on.value());
    assertTrue(on.isSet());
  }

  @Test
  void flagsEndAtTheFirstArgument() throws Exception {
    assertEquals(List.of("3000", "--on"), set.parse(List.of("3000", "--on")));
    assertFalse(on.isSet());
  }

  @Test
  void twoDashesEndTheFlags() throws Exception {
    assertEquals(List.of("--name"), set.parse(List.of("--on", "--", "--name")));
  }

  @Test
  void oneDashAloneIsAnArgument() throws Exception {
    assertEquals(List.of("-"), set.parse(List.of("-")));
  }

  @Test
  void anEmptyValueIsAValue() throws Exception {
    set.parse(List.of("--name="));

    assertTrue(name.isSet());
  }

  @ParameterizedTest
  @CsvSource({
    "--nam=x,weft test: unknown flag --nam; did you mean --name? ('weft test --help' lists the flags)",
    "--zzzz,weft test: unknown flag --zzzz ('weft test --help' lists the flags)",
    "--name,weft test: flag --name needs a value",
    "--c=x,'weft test: \"x\" is no value for --c: a whole number'",
    "--on=maybe,'weft test: \"maybe\" is no value for --on: true or false'",
    "--timeout=5,'weft test: \"5\" is no value for --timeout: a duration such as 5s or 1m30s'"
  })
  void aWrongFlagIsOneClearLine(String arg, String message) {
    Failure failure = assertThrows(Failure.class, () -> set.parse(List.of(arg)));

    assertEquals(message, failure.getMessage());
    assertEquals(2, failure.exitCode());
  }

  @Test
  void aFlagIsGivenOnce() {
    Failure failure = assertThrows(Failure.class, () -> set.parse(List.of("--c=1", "--c=2")));

    assertEquals("weft test: flag --c is given twice", failure.getMessage());
  }

  @Test
  void anotherNameIsTheSameFlag() throws Exception {
    set.alias("nom", name);

    set.parse(List.of("--nom=x"));

    assertEquals("x", name.value());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-h", "--help", "-help"})
  void helpIsAskedForInThreeWays(String arg) {
    assertThrows(FlagSet.HelpWanted.class, () -> set.parse(List.of(arg)));
  }

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "5s,5000",
    "1.5s,1500",
    "300ms,300",
    "1h2m3s,3723000",
    "1m0.25s,60250",
    "-2s,-2000",
    "+1s,1000"
  })
  void durationsAreReadAsGoWritesThem(String text, long millis) {
    assertEquals(Duration.ofMillis(millis), GoDuration.parse(text).orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "1x", "1..5s", ".s", "-", "999999999h", "5s1"})
  void whatIsNoDurationIsNotRead(String text) {
    assertTrue(GoDuration.parse(text).isEmpty(), text);
  }

  @ParameterizedTest
  @CsvSource({
    "0,0s",
    "12,12ms",
    "999,999ms",
    "1000,1s",
    "1500,1.5s",
    "1003,1.003s",
    "62003,1m2.003s",
    "3600000,1h0m0s"
  })
  void durationsAreWrittenAsGoWritesThem(long millis, String text) {
    assertEquals(text, GoDuration.formatMillis(millis));
  }

  @Test
  void aWordIsSuggestedOnlyWhenItIsNear() {
    List<String> words = List.of("status", "serve", "up");

    assertEquals("status", Suggestion.nearest("statsu", words));
    assertEquals("status", Suggestion.nearest("stat", words));
    assertEquals("up", Suggestion.nearest("upp", words));
    assertEquals(null, Suggestion.nearest("frobnicate", words));
  }
}
