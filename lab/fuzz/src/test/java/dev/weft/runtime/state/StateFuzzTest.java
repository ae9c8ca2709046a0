package dev.weft.runtime.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Map;

/// A state file, whatever has happened to it.
final class StateFuzzTest {
  @FuzzTest
  void anyFileIsAStateOrDamaged(byte[] input) {
    Map<String, String> sections;
    try {
      sections = StateDocument.decode(input);
    } catch (IllegalArgumentException _) {
      return; // and the file is left as it is
    }
    assertEquals(sections, StateDocument.decode(StateDocument.encode(sections)));
    for (String section : sections.values()) {
      try {
        String text = StateDocument.unquote(section);
        assertEquals(text, StateDocument.unquote(StateDocument.quote(text)));
      } catch (IllegalArgumentException _) {
        // A section that is no text.
      }
    }
  }
}
