package dev.weft.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QEncodingTest {
  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "Alice Smith, Alice Smith",
    "a=b?c_d, a=b?c_d",
    "François-Jérôme, =?utf-8?q?Fran=C3=A7ois-J=C3=A9r=C3=B4me?=",
    "é_=? x, =?utf-8?q?=C3=A9=5F=3D=3F_x?=",
    "😀, =?utf-8?q?=F0=9F=98=80?=",
    // Content is cut at 63 characters, between characters: ten of six, then the rest.
    "éééééééééééé, =?utf-8?q?=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9?= =?utf-8?q?=C3=A9=C3=A9?=",
  })
  void textIsEncodedAsGoDoes(String text, String expected) {
    assertEquals(expected, QEncoding.encode(text));
  }

  @Test
  void whatWouldEndTheLineIsEncodedOrDropped() {
    assertEquals("=?utf-8?q?a=0D=0Ab?=", QEncoding.encode("a\r\nb"));
    assertEquals("", QEncoding.encode("a\ud800"));
  }
}
