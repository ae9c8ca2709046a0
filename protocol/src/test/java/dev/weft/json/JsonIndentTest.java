package dev.weft.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import org.junit.jupiter.api.Test;

class JsonIndentTest {
  @Test
  void theLayoutIsGos() {
    assertEquals(
        """
        {
          "a": 1,
          "b": [
            true,
            "x:,{}\\""
          ],
          "c": {},
          "d": []
        }\
        """,
        JsonIndent.indent("{\"a\":1,\"b\":[true,\"x:,{}\\\"\"],\"c\":{ },\"d\":[\n]}", "  "));
  }

  @Test
  void whatIsAlreadyLaidOutIsLaidOutAnew() {
    String once = JsonIndent.indent("{\"a\":{\"b\":[1,2]}}", "\t");

    assertEquals(once, JsonIndent.indent(JsonIndent.indent(once, "   "), "\t"));
  }

  @Test
  void textThatIsNoJsonRaisesNothing() {
    for (String text : new String[] {"", "\"", "\"\\", "}}]", "[[", "{", "\\\\"}) {
      assertNotNull(JsonIndent.indent(text, " "));
    }
  }
}
