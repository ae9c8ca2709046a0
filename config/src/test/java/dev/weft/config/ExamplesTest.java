package dev.weft.config;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.config.Json.JsonObject;
import dev.weft.config.Json.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// That the examples are well written. Whether their keys are known is tested by the programs that
/// own the keys.
class ExamplesTest {
  @ParameterizedTest
  @ValueSource(strings = {"daemon", "control", "relay"})
  void everyExampleParsesAndExplainsItsSettings(String name) throws IOException {
    Path file = Path.of("examples", name + ".hujson");
    if (!Files.exists(file)) {
      file = Path.of("config").resolve(file);
    }
    JsonObject object = assertInstanceOf(JsonObject.class, HuJson.read(file));
    List<String> lines = Files.readAllLines(file);

    assertFalse(object.members().isEmpty());
    assertTrue(lines.getFirst().startsWith("// Settings of `weft "), lines.getFirst());
    for (Member member : object.members().values()) {
      String above = lines.get(member.namePosition().line() - 2).strip();
      assertTrue(
          above.startsWith("//") || above.startsWith("\"tls-cert\""),
          "no comment above line " + member.namePosition().line());
    }
  }
}
