package dev.weft.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  private static final Setting<HostPort> LISTEN =
      Setting.hostPort("listen", "where clients connect").orElse(new HostPort("", 443));
  private static final Setting<Path> STATEDIR = Setting.path("statedir", "where state is kept");
  private static final Setting<Boolean> VERBOSE =
      Setting.bool("verbose", "tell more").orElse(false);
  private static final Setting<Integer> PORT =
      Setting.integer("port", "UDP port", 0, 65535).orElse(0);
  private static final Setting<List<String>> DERP_MAP =
      Setting.string("derp-map", "file or URL of a relay map").list();
  private static final Setting<Secret> AUTH_KEY =
      Setting.secret("auth-key", "lets the node join").environment("TS_AUTHKEY", "TS_AUTH_KEY");
  private static final Setting<Duration> EXPIRY = Setting.duration("key-expiry", "life of a key");
  private static final Setting<URI> URL = Setting.httpUrl("url", "address of the server");
  private static final Setting<String> LEVEL =
      Setting.oneOf("log-level", "what to log", List.of("info", "debug"));
  private static final Setting<Json> RELAYS =
      Setting.document("relays", "a relay map", "a DERP map object");
  private static final SettingsSchema SCHEMA =
      SettingsSchema.of(
          "weft test",
          LISTEN,
          STATEDIR,
          VERBOSE,
          PORT,
          DERP_MAP,
          AUTH_KEY,
          EXPIRY,
          URL,
          LEVEL,
          RELAYS);

  @TempDir Path dir;

  @Test
  void aLaterSourceWins() {
    Path file = file("{\"listen\": \":1\", \"port\": 1, \"verbose\": true}");
    Settings settings =
        load(
            Map.of("WEFT_LISTEN", ":2", "WEFT_PORT", "2"),
            "--config",
            file.toString(),
            "--listen=:3");

    assertEquals(":3", settings.value(LISTEN).toString());
    assertEquals("flag --listen", settings.origin(LISTEN));
    assertEquals(2, settings.value(PORT));
    assertEquals("environment variable WEFT_PORT", settings.origin(PORT));
    assertTrue(settings.value(VERBOSE));
    assertEquals(file + ":1:40", settings.origin(VERBOSE));
  }

  @Test
  void defaultsHoldWhereNobodySaysOtherwise() {
    Settings settings = load(Map.of());
    assertEquals(443, settings.value(LISTEN).port());
    assertFalse(settings.isSet(LISTEN));
    assertTrue(settings.find(STATEDIR).isEmpty());
    assertEquals(
        "weft test: needs --statedir (or WEFT_STATEDIR, or \"statedir\" in the file): where state is kept",
        assertThrows(ConfigException.class, () -> settings.value(STATEDIR)).getMessage());
  }

  @Test
  void theFileMayComeFromTheEnvironment() {
    Path file =
        file(
            "{\"key-expiry\": \"90d\", \"url\": \"https://weft.example.com\", \"log-level\": \"debug\"}");
    Settings settings = load(Map.of("WEFT_CONFIG", file.toString()));
    assertEquals(Duration.ofDays(90), settings.value(EXPIRY));
    assertEquals(URI.create("https://weft.example.com"), settings.value(URL));
    assertEquals("debug", settings.value(LEVEL));
  }

  @Test
  void theOriginalsVariablesAreUnderstoodAfterOurs() {
    assertEquals("a", load(Map.of("TS_AUTHKEY", "a")).value(AUTH_KEY).reveal());
    assertEquals(
        "b", load(Map.of("TS_AUTHKEY", "a", "WEFT_AUTH_KEY", "b")).value(AUTH_KEY).reveal());
    assertEquals("c", load(Map.of("TS_AUTHKEY", "", "TS_AUTH_KEY", "c")).value(AUTH_KEY).reveal());
  }

  @Test
  void everythingWrongInAFileIsReportedAtOnceWithItsPlace() {
    Path file =
        file(
            """
            {
              "listen": 8080,
              "Port": 3,
              "verbose": "yes",
              "derp-map": ["a", 3],
              "completely-different": {},
              "key-expiry": "90 days",
            }
            """);
    assertEquals(
        """
        F:2:13: listen: expected an address and a port such as 127.0.0.1:8080, [::1]:8080 or :8080, found 8080
        F:3:3: unknown setting "Port"; did you mean "port"?
        F:4:14: verbose: expected true or false, found "yes"
        F:5:21: derp-map: expected a list, each item text that is not empty, found 3
        F:6:3: unknown setting "completely-different"; `weft test --help` lists them
        F:7:17: key-expiry: expected a duration such as 30s, 1h30m or 90d, found "90 days\"\
        """
            .replace("F:", file + ":"),
        assertThrows(ConfigException.class, () -> SCHEMA.check(file)).getMessage());
  }

  @Test
  void aFileThatIsNoObjectIsRefused() {
    Path file = file("[]");
    assertEquals(
        file + ":1:1: expected an object, found an array",
        assertThrows(ConfigException.class, () -> SCHEMA.check(file)).getMessage());
  }

  @Test
  void wrongVariablesAndFlagsAreNamed() {
    assertEquals(
        """
        environment variable WEFT_PORT: port: expected a whole number from 0 to 65535, found "70000"
        flag --log-level: log-level: expected one of info, debug, found "loud\"\
        """,
        refused(Map.of("WEFT_PORT", "70000"), "--log-level", "loud"));
    assertEquals(
        "weft test: unknown flag \"state-dir\"; did you mean \"statedir\"?",
        refused(Map.of(), "--state-dir", "/x"));
    assertEquals(
        "flag --listen: expected a value behind it, found the end of the line",
        refused(Map.of(), "--listen"));
  }

  @Test
  void flagsFollowTheConventionsOfGo() {
    Settings settings =
        load(Map.of(), "-verbose", "--port", "5", "-statedir=/a=b", "run", "--port", "6");
    assertTrue(settings.value(VERBOSE));
    assertEquals(5, settings.value(PORT));
    assertEquals(Path.of("/a=b"), settings.value(STATEDIR));
    assertEquals(List.of("run", "--port", "6"), settings.arguments());
    assertFalse(load(Map.of(), "--verbose=false").value(VERBOSE));
    assertFalse(load(Map.of(), "--verbose", "--verbose=0").value(VERBOSE));
    assertEquals(List.of("-x"), load(Map.of(), "--", "-x").arguments());
    assertTrue(load(Map.of(), "--port", "5", "--help").helpRequested());
  }

  @Test
  void listsComeAsArraysCommasOrRepeatedFlags() {
    Path file = file("{\"derp-map\": [\"a,b\", \"c\",]}");
    assertEquals(List.of("a,b", "c"), load(Map.of("WEFT_CONFIG", file.toString())).value(DERP_MAP));
    assertEquals(List.of("a", "b"), load(Map.of("WEFT_DERP_MAP", "a, b")).value(DERP_MAP));
    Settings settings = load(Map.of("WEFT_DERP_MAP", "x"), "--derp-map", "a", "--derp-map", "b,c");
    assertEquals(List.of("a", "b", "c"), settings.value(DERP_MAP));
    assertTrue(refused(Map.of("WEFT_DERP_MAP", "a,,b")).contains("expected a list"));
  }

  @Test
  void aDocumentKeepsItsPositions() {
    Path file = file("{\n  \"relays\": {\"Regions\": {}}}");
    Json relays = load(Map.of("WEFT_CONFIG", file.toString())).value(RELAYS);
    Json.JsonObject object = assertInstanceOf(Json.JsonObject.class, relays);
    assertEquals(new Position(2, 14), object.members().get("Regions").namePosition());
  }

  @Test
  void aSecretIsNeverPrinted() {
    Path file = file("{\"auth-key\": 12345}");
    assertFalse(
        assertThrows(ConfigException.class, () -> SCHEMA.check(file))
            .getMessage()
            .contains("12345"));
    assertFalse(load(Map.of("TS_AUTHKEY", "hush")).value(AUTH_KEY).toString().contains("hush"));
  }

  @Test
  void aValueThatDoesNotWorkIsReportedWhereItStands() {
    Path file = file("{\"listen\": \":1\"}");
    Settings settings = load(Map.of("WEFT_CONFIG", file.toString()));
    assertEquals(
        file + ":1:12: listen: the port is taken",
        settings.rejected(LISTEN, "the port is taken").getMessage());
  }

  @Test
  void controlCharactersOfAWrongValueAreNotPrinted() {
    String message = refused(Map.of("WEFT_LOG_LEVEL", "\u001b[31mred\n"));
    assertFalse(message.contains("\u001b") || message.contains("\n"), message);
  }

  @Test
  void usageNamesFlagVariableAndDefault() {
    String usage = SCHEMA.usage();
    assertTrue(
        usage.contains(
            "  --listen ADDRESS:PORT\n        where clients connect (default :443; WEFT_LISTEN)\n"),
        usage);
    assertTrue(usage.contains("WEFT_AUTH_KEY, TS_AUTHKEY, TS_AUTH_KEY"), usage);
  }

  private Path file(String text) {
    try {
      return Files.writeString(dir.resolve("f.hujson"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Settings load(Map<String, String> environment, String... args) {
    return Settings.load(SCHEMA, List.of(args), environment);
  }

  private static String refused(Map<String, String> environment, String... args) {
    return assertThrows(ConfigException.class, () -> load(environment, args)).getMessage();
  }
}
