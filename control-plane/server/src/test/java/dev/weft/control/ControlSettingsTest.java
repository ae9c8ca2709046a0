package dev.weft.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tailcfg.DerpMap;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ControlSettingsTest {
  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://control.example:8080",
        "http://203.0.113.10",
        "http://100.64.0.1:80",
        "http://[2001:db8::1]:8080",
      })
  void aUrlThatOfficialClientsHangOnIsWarnedOf(String url) {
    String warning = builder().url(URI.create(url)).build().urlWarning().orElseThrow();
    assertTrue(warning.contains(url) && warning.contains("https"), warning);
    assertFalse(warning.contains("  "), warning);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://control.example:8443", "http://127.0.0.1:8080", "http://localhost:8080",
        "http://192.168.77.1", "http://[fd00::1]:8080", "http://[::1]:8080",
      })
  void aUrlThatClientsCanUseIsNotWarnedOf(String url) {
    assertEquals(Optional.empty(), builder().url(URI.create(url)).build().urlWarning());
  }

  @Test
  void aPlainUrlBesideTlsOnItsPortIsNotWarnedOf() {
    ControlSettings settings =
        builder()
            .url(URI.create("http://control.example"))
            .listen(new InetSocketAddress("0.0.0.0", 443))
            .tls(new ControlSettings.Tls(dir.resolve("crt"), dir.resolve("key")))
            .build();
    assertEquals(Optional.empty(), settings.urlWarning());
  }

  @Test
  void withoutARelayItDoesNotStart() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> builder().derpMap(DerpMap.builder().regions(new TreeMap<>()).build()).build());
    assertTrue(e.getMessage().contains("relay"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"weft", "", "a..b", "-a.b", "home.weft.", "example.com", "vpn.example.com"})
  void aDomainThatCannotWorkIsRefused(String domain) {
    assertThrows(IllegalArgumentException.class, () -> builder().domain(domain).build());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://x", "https://x/path", "x", "https:///"})
  void aUrlThatCannotWorkIsRefused(String url) {
    assertThrows(IllegalArgumentException.class, () -> builder().url(URI.create(url)).build());
  }

  @Test
  void mapsFromSeveralFilesAreMergedAndTheLaterOneWins() throws IOException {
    Path one = Files.writeString(dir.resolve("1"), map(1, "a"));
    Path two = Files.writeString(dir.resolve("2"), map(1, "b"));
    Path three = Files.writeString(dir.resolve("3"), map(2, "c"));
    DerpMap merged = DerpMaps.load(List.of(one.toString(), two.toString(), three.toString()));
    assertEquals(2, merged.regions().size());
    assertEquals("b", merged.regions().get(1).regionCode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1H", "P4000000D"})
  void aLoginThatLastsNoUsableTimeIsRefused(String time) {
    assertThrows(
        IllegalArgumentException.class, () -> builder().keyExpiry(Duration.parse(time)).build());
  }

  @Test
  void aMapThatCannotBeReadIsNamed() {
    IOException folder =
        assertThrows(IOException.class, () -> DerpMaps.load(List.of(dir.toString())));
    assertTrue(folder.getMessage().contains(dir.toString()), folder.getMessage());
    // Port 1 of loopback: nobody listens.
    String url = "http://127.0.0.1:1/derpmap";
    IOException nobody = assertThrows(IOException.class, () -> DerpMaps.load(List.of(url)));
    assertEquals(
        "cannot fetch the DERP map " + url + ": nobody answers there", nobody.getMessage());
    IOException malformed =
        assertThrows(IOException.class, () -> DerpMaps.load(List.of("http://a b/")));
    assertTrue(malformed.getMessage().contains("http://a b/"), malformed.getMessage());
  }

  @Test
  void aStateFolderThatCannotBeIsExplained() throws IOException {
    Path file = Files.writeString(dir.resolve("file"), "");
    IOException e =
        assertThrows(
            IOException.class, () -> ControlServer.start(ControlServerTest.settings(file)));
    assertEquals(
        "cannot use the state folder "
            + file
            + ": it is not a folder; choose another with --statedir",
        e.getMessage());
  }

  @Test
  void aFolderThatOthersUseIsNotTakenFromThem() throws IOException {
    Path shared = Files.createDirectory(dir.resolve("shared"));
    Files.writeString(shared.resolve("theirs"), "");
    Set<PosixFilePermission> open = PosixFilePermissions.fromString("rwxr-xr-x");
    Files.setPosixFilePermissions(shared, open);
    IOException e =
        assertThrows(
            IOException.class, () -> ControlServer.start(ControlServerTest.settings(shared)));
    assertTrue(e.getMessage().contains("holds other things"), e.getMessage());
    assertEquals(open, Files.getPosixFilePermissions(shared));
  }

  @Test
  void aFileThatIsNoMapIsNamed() throws IOException {
    Path file = Files.writeString(dir.resolve("x"), "[]");
    IOException e = assertThrows(IOException.class, () -> DerpMaps.load(List.of(file.toString())));
    assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
  }

  @Test
  void aCommandThatCannotRunSaysWhy() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(err, true, UTF_8);
    assertEquals(
        1,
        ControlCommand.run(List.of("users", "list", "--statedir", dir.toString()), print, print));
    assertTrue(
        err.toString(UTF_8).contains("is \"weft control serve\" running"), err.toString(UTF_8));
    err.reset();
    assertEquals(2, ControlCommand.run(List.of("serve", "--lisen", "x"), print, print));
    assertTrue(err.toString(UTF_8).contains("listen"), err.toString(UTF_8));
    assertEquals(2, ControlCommand.run(List.of(), print, print));
  }

  @Test
  void aKeyThatIsNotTheCertificatesIsNoticed() throws IOException {
    Path certificate = Files.writeString(dir.resolve("crt"), TestCertificates.CERTIFICATE);
    Path key = Files.writeString(dir.resolve("key"), TestCertificates.KEY);
    Path other = Files.writeString(dir.resolve("other"), TestCertificates.RENEWED_KEY);
    ServerTls.of(new ControlSettings.Tls(certificate, key));
    IOException refused =
        assertThrows(
            IOException.class, () -> ServerTls.of(new ControlSettings.Tls(certificate, other)));
    assertTrue(refused.getMessage().contains("is not that of"), refused.getMessage());
  }

  @Test
  void theExampleFileIsRight() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("config/examples/control.hujson"))) {
      at = at.getParent();
    }
    ControlCommand.SERVE.check(at.resolve("config/examples/control.hujson"));
  }

  private ControlSettings.Builder builder() {
    return ControlSettings.builder()
        .stateDir(dir)
        .listen(new InetSocketAddress(0))
        .url(URI.create("https://vpn.example.com"))
        .domain("home.weft")
        .derpMap(ControlServerTest.derpMap());
  }

  private static String map(int region, String code) {
    return "{\"Regions\":{\"%1$d\":{\"RegionID\":%1$d,\"RegionCode\":\"%2$s\",\"RegionName\":\"\",\"Nodes\":[]}}}"
        .formatted(region, code);
  }
}
