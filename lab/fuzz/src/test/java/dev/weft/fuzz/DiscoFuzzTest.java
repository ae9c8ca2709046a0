package dev.weft.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weft.crypto.Box;
import dev.weft.disco.DiscoMessage;
import dev.weft.disco.DiscoPacket;
import dev.weft.disco.Geneve;
import dev.weft.keys.DiscoPrivateKey;
import dev.weft.testkit.SeededEntropy;
import java.util.Optional;

/// A datagram that claims to be disco: the envelope, and what a holder of a key may have sealed.
final class DiscoFuzzTest {
  private static final SeededEntropy ENTROPY = new SeededEntropy(1);
  private static final DiscoPrivateKey KEY = DiscoPrivateKey.generate(ENTROPY::fill);
  private static final Box BOX = KEY.box(DiscoPrivateKey.generate(ENTROPY::fill).publicKey());

  @FuzzTest
  void anyDatagramIsAMessageOrNothing(byte[] input) {
    if (Geneve.looksLikeGeneve(input, 0, input.length)) {
      assertTrue(Geneve.vni(input, 0) <= Geneve.MAX_VNI);
    }
    if (DiscoPacket.looksLikeDisco(input, 0, input.length)) {
      DiscoPacket.sender(input, 0);
      DiscoPacket.open(BOX, input, 0, input.length);
    }
    Optional<DiscoMessage> message = DiscoMessage.parse(input, 0, input.length);
    if (message.isPresent()) {
      byte[] once = message.get().encode();
      assertEquals(message, DiscoMessage.parse(once, 0, once.length));
      byte[] sealed = DiscoPacket.seal(KEY.publicKey(), BOX, ENTROPY::fill, message.get());
      assertTrue(DiscoPacket.looksLikeDisco(sealed, 0, sealed.length));
      assertEquals(message, DiscoPacket.open(BOX, sealed, 0, sealed.length));
    }
  }
}
