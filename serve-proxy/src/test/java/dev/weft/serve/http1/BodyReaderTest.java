package dev.weft.serve.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.serve.http1.BodyReader.Progress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BodyReaderTest {
  private final StringBuilder data = new StringBuilder();

  @Test
  void aLengthIsTakenAndTheRestIsLeft() {
    ByteBuf in = latin1("helloGET");
    BodyReader reader = new BodyReader(new Framing.Length(5));
    assertEquals(Progress.COMPLETE, read(reader, in));
    assertEquals("hello", data.toString());
    assertEquals("GET", in.toString(StandardCharsets.ISO_8859_1));
  }

  @Test
  void chunksAreTakenWhereverTheBytesAreCut() {
    String wire =
        "5\r\nhello\r\n00A;ext=\"x y\"\r\n0123456789\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\nNEXT";
    for (int cut = 0; cut <= wire.length(); cut++) {
      data.setLength(0);
      BodyReader reader = new BodyReader(Framing.CHUNKED);
      ByteBuf in = Unpooled.buffer();
      in.writeBytes(wire.substring(0, cut).getBytes(StandardCharsets.ISO_8859_1));
      Progress progress = read(reader, in);
      in.writeBytes(wire.substring(cut).getBytes(StandardCharsets.ISO_8859_1));
      if (progress == Progress.PARTIAL) {
        progress = read(reader, in);
      }
      assertEquals(Progress.COMPLETE, progress, "cut at " + cut);
      assertEquals("hello0123456789", data.toString());
      assertEquals("NEXT", in.toString(StandardCharsets.ISO_8859_1));
      assertEquals("1", reader.trailer().value(0));
    }
  }

  @Test
  void withoutATrailerThereIsNone() {
    BodyReader reader = new BodyReader(Framing.CHUNKED);
    assertEquals(Progress.COMPLETE, read(reader, latin1("0\r\n\r\n")));
    assertNull(reader.trailer());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "0x5\\r\\nhello",
        "+5\\r\\nhello",
        "-5\\r\\nhello",
        " 5\\r\\nhello",
        "5 \\r\\nhello",
        "5\\nhello",
        "5\\r\\nhello\\n",
        "5\\r\\nhelloX",
        "5\\r\\nhello\\rX",
        "\\r\\n",
        "g\\r\\n",
        ";a\\r\\n",
        "5;a\\nb\\r\\n",
        "5\\rX",
        "5;\\0\\r\\n",
        "ffffffffffffffff\\r\\n",
        "10000000000000000\\r\\n",
        "5\\r\\n\\r\\nhello5\\r\\nX",
        "0\\r\\nX\\r\\n\\r\\n",
        "0\\r\\n\\nX\\r\\n\\r\\n",
        "0\\r\\n folded: x\\r\\n\\r\\n",
        "0\\r\\nX : y\\r\\n\\r\\n",
        "0\\r\\nX: y\\n\\n",
        "5_0\\r\\n",
        "5\\t\\r\\n"
      })
  void brokenChunksAreRefused(String wire) {
    ByteBuf in =
        latin1(
            wire.replace("\\r", "\r")
                .replace("\\n", "\n")
                .replace("\\0", "\0")
                .replace("\\t", "\t"));
    BodyReader reader = new BodyReader(Framing.CHUNKED);
    assertEquals(Progress.BROKEN, read(reader, in), wire);
    assertEquals(400, reader.fault().status());
    assertEquals(Progress.BROKEN, read(reader, latin1("0\r\n\r\n")), "broken stays broken");
  }

  @Test
  void endlessExtensionsAndTrailersAreRefused() {
    assertEquals(
        Progress.BROKEN, read(new BodyReader(Framing.CHUNKED), latin1("5;" + "a".repeat(300))));
    assertEquals(
        Progress.BROKEN,
        read(
            new BodyReader(Framing.CHUNKED),
            latin1(("1;" + "a".repeat(200) + "\r\nx\r\n").repeat(100))));
    BodyReader reader = new BodyReader(Framing.CHUNKED);
    assertEquals(Progress.BROKEN, read(reader, latin1("0\r\nX: " + "a".repeat(70_000))));
    assertEquals(Fault.HEAD_TOO_LARGE, reader.fault());
  }

  @Test
  void manySmallChunksAreNoAttack() {
    assertEquals(
        Progress.COMPLETE,
        read(new BodyReader(Framing.CHUNKED), latin1("1\r\nx\r\n".repeat(100_000) + "0\r\n\r\n")));
    assertEquals(100_000, data.length());
  }

  @Test
  void aBodyUntilCloseTakesEverything() {
    BodyReader reader = new BodyReader(Framing.UNTIL_CLOSE);
    assertEquals(Progress.PARTIAL, read(reader, latin1("abc")));
    assertEquals("abc", data.toString());
    assertTrue(reader.isCompleteAtClose());
  }

  @Test
  void mutatedChunksNeverFailOtherwise() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String wire = "5\r\nhello\r\na;x=y\r\n0123456789\r\n0\r\nX: 1\r\n\r\n";
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = wire.getBytes(StandardCharsets.ISO_8859_1);
      for (int i = random.nextInt(4); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      BodyReader reader = new BodyReader(Framing.CHUNKED);
      ByteBuf in = Unpooled.buffer();
      try {
        int at = 0;
        while (at < bytes.length) {
          int piece = Math.min(1 + random.nextInt(8), bytes.length - at);
          in.writeBytes(bytes, at, piece);
          at += piece;
          if (read(reader, in) != Progress.PARTIAL) {
            break;
          }
        }
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private Progress read(BodyReader reader, ByteBuf in) {
    return reader.read(
        in,
        piece -> {
          data.append(piece.toString(StandardCharsets.ISO_8859_1));
          piece.release();
        });
  }

  private static ByteBuf latin1(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }
}
