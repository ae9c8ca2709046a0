package dev.weft.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weft.stun.BindingRequest;
import dev.weft.stun.BindingResponse;
import dev.weft.stun.Stun;
import dev.weft.stun.StunDrop;
import java.util.zip.CRC32;

/// A datagram at a relay's STUN port, and one that answers a node's question.
final class StunFuzzTest {
  @FuzzTest
  void anyDatagramIsARequestAResponseOrDropped(byte[] input) {
    read(input);
    byte[] signed = input.clone();
    if (signed.length >= 28) {
      putFingerprint(signed);
      read(signed);
    }
  }

  private static void read(byte[] datagram) {
    if (!Stun.isStun(datagram, 0, datagram.length)) {
      assertEquals(StunDrop.NOT_STUN, BindingRequest.parse(datagram, 0, datagram.length));
    }
    if (BindingRequest.parse(datagram, 0, datagram.length) instanceof BindingRequest request) {
      byte[] again = request.encode();
      assertEquals(request, BindingRequest.parse(again, 0, again.length));
    }
    if (BindingResponse.parse(datagram, 0, datagram.length) instanceof BindingResponse response) {
      byte[] again = response.encode();
      assertTrue(again.length <= 44);
      assertEquals(response, BindingResponse.parse(again, 0, again.length));
    }
  }

  /// A checksum is no wall to somebody who can compute one: RFC 8489 §14.7.
  private static void putFingerprint(byte[] b) {
    CRC32 crc = new CRC32();
    crc.update(b, 0, b.length - 8);
    int value = (int) crc.getValue() ^ 0x5354554e;
    for (int i = 0; i < 4; i++) {
      b[b.length - 4 + i] = (byte) (value >>> (24 - 8 * i));
    }
  }
}
