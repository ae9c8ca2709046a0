package dev.weft.serve.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.serve.http1.HeadScanner.TooMuch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HeadScannerTest {
  @Test
  void aHeadIsFoundWhereverTheBytesAreCut() throws TooMuch {
    String wire = "GET / HTTP/1.1\r\nHost: a\r\n\r\nBODY";
    for (int cut = 0; cut < wire.length() - 4; cut++) {
      HeadScanner scanner = new HeadScanner();
      ByteBuf in = Unpooled.buffer();
      in.writeBytes(wire.substring(0, cut).getBytes(StandardCharsets.US_ASCII));
      assertNull(scanner.take(in));
      in.writeBytes(wire.substring(cut).getBytes(StandardCharsets.US_ASCII));
      byte[] head = scanner.take(in);
      assertNotNull(head, "cut at " + cut);
      assertEquals("BODY", in.toString(StandardCharsets.US_ASCII));
    }
  }

  @Test
  void endlessHeadsAreRefusedAsSoonAsTheyAre() {
    HeadScanner scanner = new HeadScanner();
    ByteBuf in =
        Unpooled.copiedBuffer(
            "GET /" + "a".repeat(HeadScanner.MAX_HEAD), StandardCharsets.US_ASCII);
    assertEquals(Fault.HEAD_TOO_LARGE, assertThrows(TooMuch.class, () -> scanner.take(in)).fault());
  }

  @Test
  void aBareLineFeedIsRefusedBeforeTheHeadIsWhole() {
    HeadScanner scanner = new HeadScanner();
    ByteBuf in = Unpooled.copiedBuffer("GET / HTTP/1.1\nHost", StandardCharsets.US_ASCII);
    assertEquals(Fault.BARE_LF, assertThrows(TooMuch.class, () -> scanner.take(in)).fault());
  }
}
