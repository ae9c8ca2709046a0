package dev.weft.noise;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.crypto.Aead;
import dev.weft.crypto.Aeads;
import dev.weft.crypto.X25519PrivateKey;
import dev.weft.testkit.SeededEntropy;
import dev.weft.testkit.SeededTest;
import dev.weft.testkit.SharedVectors;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class IkHandshakeTest {
  private static final byte[] NO_PSK = new byte[32];

  @Test
  void reproducesThePublishedHandshakes() {
    int run = 0;
    for (SharedVectors.Vector vector :
        SharedVectors.read("noise-25519_ChaChaPoly_BLAKE2s.json").list("vectors")) {
      for (IkPattern pattern : IkPattern.values()) {
        if (vector.text("protocol_name").equals(pattern.protocolName())) {
          reproduces(pattern, vector);
          run++;
        }
      }
    }
    assertTrue(run >= 3, "IK twice and IKpsk2 once, not " + run);
  }

  private static void reproduces(IkPattern pattern, SharedVectors.Vector vector) {
    List<SharedVectors.Vector> messages = vector.list("messages");
    byte[] psk = pattern == IkPattern.IKPSK2 ? vector.hexes("init_psks").getFirst() : NO_PSK;
    IkInitiator initiator =
        Objects.requireNonNull(
            IkInitiator.begin(
                pattern,
                vector.hex("init_prologue"),
                X25519PrivateKey.of(vector.hex("init_static")),
                X25519PrivateKey.of(vector.hex("init_ephemeral")),
                vector.hex("init_remote_static"),
                messages.get(0).hex("payload")));
    assertArrayEquals(messages.get(0).hex("ciphertext"), initiator.initiation());

    IkResponder responder =
        Objects.requireNonNull(
            IkResponder.read(
                pattern,
                vector.hex("resp_prologue"),
                X25519PrivateKey.of(vector.hex("resp_static")),
                initiator.initiation()));
    assertArrayEquals(messages.get(0).hex("payload"), responder.payload());
    assertArrayEquals(
        X25519PrivateKey.of(vector.hex("init_static")).publicBytes(), responder.initiator());

    IkResponder.Response response =
        Objects.requireNonNull(
            responder.respond(
                X25519PrivateKey.of(vector.hex("resp_ephemeral")),
                psk,
                messages.get(1).hex("payload")));
    assertArrayEquals(messages.get(1).hex("ciphertext"), response.message());

    IkInitiator.Finished finished =
        Objects.requireNonNull(initiator.finish(response.message(), psk));
    assertArrayEquals(messages.get(1).hex("payload"), finished.payload());
    assertEquals(response.keys().handshakeHash(), finished.keys().handshakeHash());
    if (vector.has("handshake_hash")) {
      assertEquals(vector.text("handshake_hash"), finished.keys().handshakeHash().toHex());
    }
    transports(messages.subList(2, messages.size()), finished.keys());
  }

  /// The messages after the handshake alternate, the initiator first.
  private static void transports(List<SharedVectors.Vector> messages, TransportKeys keys) {
    Aead toResponder = Aeads.best().littleEndian(keys.initiatorToResponder());
    Aead toInitiator = Aeads.best().littleEndian(keys.responderToInitiator());
    for (int i = 0; i < messages.size(); i++) {
      byte[] plain = messages.get(i).hex("payload");
      byte[] sealed = new byte[plain.length + Aead.TAG_BYTES];
      (i % 2 == 0 ? toResponder : toInitiator).seal(i / 2, plain, 0, plain.length, sealed, 0);
      assertArrayEquals(messages.get(i).hex("ciphertext"), sealed);
    }
  }

  @Test
  void reproducesWireGuardsHandshake() {
    // docs/protocol/dataplane.md §B.1
    byte[] psk = hex("aa".repeat(32));
    byte[] identifier = "WireGuard v1 zx2c4 Jason@zx2c4.com".getBytes(US_ASCII);
    IkInitiator initiator =
        Objects.requireNonNull(
            IkInitiator.begin(
                IkPattern.IKPSK2,
                identifier,
                secret(0x01),
                secret(0x41),
                secret(0x21).publicBytes(),
                hex("400000006553f10a1d000000")));
    assertEquals(
        "64b101b1d0be5a8704bd078f9895001fc03e8e9f9522f188dd128d9846d48466158a0e4ca242d151"
            + "ca97ab90159a98b67e616625e68b4065d357376b6598e644ad7d678c0295d22de4cb43d5135581ed"
            + "36346bfa7cf42a123c39f89392ee3c9bd723c3e88ed1b258f86b2dae",
        HexFormat.of().formatHex(initiator.initiation()));
    IkInitiator.Finished finished =
        Objects.requireNonNull(
            initiator.finish(
                hex(
                    "244fe3b963e899dd295baffce248d3530f3a9a7479ba063002680ebfe7adad49"
                        + "9f27699f70edcdd4d38d1425b255a6dc"),
                psk));
    assertArrayEquals(
        hex("171db15f838f3e2b31d4867b298585197f51a141bfd518379df1dd5416de5fd1"),
        finished.keys().initiatorToResponder());
    assertArrayEquals(
        hex("7b64ff64328f58329220b6e53bdb1b59ac26f68188e6b9076ed274ee4354c06b"),
        finished.keys().responderToInitiator());
  }

  @SeededTest
  void aForgedResponseDoesNotSpoilTheGenuineOne(SeededEntropy entropy) {
    X25519PrivateKey server = X25519PrivateKey.generate(entropy::fill);
    IkInitiator initiator = begin(entropy, server);
    IkResponder responder =
        Objects.requireNonNull(
            IkResponder.read(IkPattern.IK, new byte[0], server, initiator.initiation()));
    byte[] genuine = respond(entropy, responder);
    byte[] forged = genuine.clone();
    forged[entropy.random().nextInt(forged.length)] ^= 1;
    // The top bit of a public key is ignored by X25519, but hashed: still not authentic.
    assertNull(initiator.finish(forged, NO_PSK));
    assertNull(initiator.finish(new byte[47], NO_PSK));
    assertNull(initiator.finish(new byte[48], NO_PSK));
    assertNotNull(initiator.finish(genuine, NO_PSK));
  }

  @SeededTest
  void aChangedInitiationIsNotRead(SeededEntropy entropy) {
    X25519PrivateKey server = X25519PrivateKey.generate(entropy::fill);
    byte[] initiation = begin(entropy, server).initiation();
    initiation[entropy.random().nextInt(initiation.length)] ^= 2;
    assertNull(IkResponder.read(IkPattern.IK, new byte[0], server, initiation));
    byte[] random = entropy.bytes(entropy.random().nextInt(0, 200));
    assertNull(IkResponder.read(IkPattern.IK, new byte[0], server, random));
  }

  @SeededTest(seeds = 3)
  void theOtherServerTheOtherPrologueAndTheOtherPskAreRefused(SeededEntropy entropy) {
    X25519PrivateKey server = X25519PrivateKey.generate(entropy::fill);
    X25519PrivateKey other = X25519PrivateKey.generate(entropy::fill);
    byte[] initiation = begin(entropy, server).initiation();
    assertNull(IkResponder.read(IkPattern.IK, new byte[0], other, initiation));
    assertNull(IkResponder.read(IkPattern.IK, new byte[1], server, initiation));
    assertNull(IkResponder.read(IkPattern.IKPSK2, new byte[0], server, initiation));
  }

  @Test
  void aResponderKeyOfLowOrderCannotBeDialled() {
    assertNull(
        IkInitiator.begin(
            IkPattern.IK, new byte[0], secret(1), secret(2), new byte[32], new byte[0]));
  }

  @Test
  void anEphemeralKeyOfLowOrderIsRefused() {
    byte[] initiation = new byte[IkInitiator.INITIATION_OVERHEAD];
    Arrays.fill(initiation, 32, initiation.length, (byte) 7);
    assertNull(IkResponder.read(IkPattern.IK, new byte[0], secret(1), initiation));
  }

  private static IkInitiator begin(SeededEntropy entropy, X25519PrivateKey server) {
    return Objects.requireNonNull(
        IkInitiator.begin(
            IkPattern.IK,
            new byte[0],
            X25519PrivateKey.generate(entropy::fill),
            X25519PrivateKey.generate(entropy::fill),
            server.publicBytes(),
            new byte[] {5}));
  }

  private static byte[] respond(SeededEntropy entropy, IkResponder responder) {
    return Objects.requireNonNull(
            responder.respond(X25519PrivateKey.generate(entropy::fill), NO_PSK, new byte[0]))
        .message();
  }

  private static X25519PrivateKey secret(int first) {
    byte[] secret = new byte[32];
    for (int i = 0; i < secret.length; i++) {
      secret[i] = (byte) (first + i);
    }
    return X25519PrivateKey.of(secret);
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }
}
